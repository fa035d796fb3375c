# SPDX-License-Identifier: Apache-2.0
# `cpack` in a build directory makes three Debian packages: dlr-gateway, dlr-gateway-plugins, dlr-gateway-sdk-dev.
# The same input gives the same bytes when SOURCE_DATE_EPOCH is set.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dlr-gateway)
set(CPACK_PACKAGE_VENDOR "dlr-gateway")
set(CPACK_PACKAGE_CONTACT "dlr-gateway maintainers <maintainers@dlr-gateway.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL gateway system plugins sdk)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_HOST_PACKAGE_NAME dlr-gateway)
set(CPACK_DEBIAN_HOST_PACKAGE_DEPENDS "tzdata")
set(CPACK_DEBIAN_HOST_PACKAGE_RECOMMENDS "dlr-gateway-plugins")
# dlopened plugins need what no library dependency says: a host of their ABI.
set(CPACK_DEBIAN_HOST_PACKAGE_PROVIDES "dlr-gateway-abi-1")
set(CPACK_DEBIAN_HOST_DESCRIPTION "${PROJECT_DESCRIPTION}\n The host process, its configuration and its systemd unit.")
set(CPACK_DEBIAN_HOST_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(debian ${PROJECT_SOURCE_DIR}/config/debian)
set(CPACK_DEBIAN_HOST_PACKAGE_CONTROL_EXTRA "${debian}/postinst;${debian}/prerm;${debian}/postrm;${debian}/conffiles")

set(CPACK_DEBIAN_PLUGINS_PACKAGE_NAME dlr-gateway-plugins)
set(CPACK_DEBIAN_PLUGINS_PACKAGE_DEPENDS "dlr-gateway-abi-1")
set(CPACK_DEBIAN_PLUGINS_DESCRIPTION "${PROJECT_DESCRIPTION}\n The standard plugins: what a receipt means.")

set(CPACK_DEBIAN_SDK_PACKAGE_NAME dlr-gateway-sdk-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_SDK_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_SDK_PACKAGE_SHLIBDEPS OFF)
# A plugin is begun, checked and tried with the program, and the authors' pages link to the gateway's.
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "dlr-gateway")
set(CPACK_DEBIAN_SDK_PACKAGE_RECOMMENDS "cmake, g++, pkg-config, libgtest-dev")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "rustc")
set(CPACK_DEBIAN_SDK_DESCRIPTION "${PROJECT_DESCRIPTION}\n Headers, build files, templates and pages for authors of plugins.")

include(CPack)
cpack_add_component_group(host)
cpack_add_component_group(plugins)
cpack_add_component_group(sdk)
cpack_add_component(gateway GROUP host)
cpack_add_component(system GROUP host)
cpack_add_component(plugins GROUP plugins)
cpack_add_component(sdk GROUP sdk)
