# SPDX-License-Identifier: Apache-2.0
# cmake -DNM=… -DFOLDER=… -DCHECK=… -P check_folder.cmake: every plugin of a folder, of which there must be some.
file(GLOB FILES ${FOLDER}/*.so)
if(NOT FILES)
  message(FATAL_ERROR "no plugin in ${FOLDER}; build the default target first")
endif()
include(${CHECK})
