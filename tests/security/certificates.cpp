// SPDX-License-Identifier: Apache-2.0
#include "security/certificates.hpp"

#include <stdexcept>
#include <vector>

#include "support/child_process.hpp"

namespace dlrgw::test {
namespace {

void run(const TempDir& dir, const std::vector<std::string>& argv) {
  SpawnOptions options;
  options.argv = argv;
  options.stdout_path = dir.path() + "/openssl.log";
  if (run_to_end(options) != 0) throw std::runtime_error(read_file(options.stdout_path));
}

}  // namespace

Certificates::Certificates() {
  run(dir_, {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=authority of " + dir_.path().substr(dir_.path().rfind('/') + 1), "-keyout",
             dir_.path() + "/ca.key", "-out", authority()});
}

Certificates::Pair Certificates::issue(const std::string& name, const std::string& key_owner) const {
  const std::string dir = dir_.make_dir(name, key_owner);
  const Pair pair{dir + "/cert.pem", dir + "/key.pem"};
  const std::string request = dir + "/request.pem";
  const std::string names = dir_.write_file(name + ".ext", "subjectAltName = IP:127.0.0.1, DNS:localhost\n");
  run(dir_, {"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
             "-keyout", pair.key, "-out", request});
  run(dir_, {"openssl", "x509", "-req", "-in", request, "-CA", authority(), "-CAkey", dir_.path() + "/ca.key",
             "-CAcreateserial", "-days", "2", "-extfile", names, "-out", pair.certificate});
  if (!key_owner.empty()) run(dir_, {"chown", key_owner, pair.key, pair.certificate});
  return pair;
}

}  // namespace dlrgw::test
