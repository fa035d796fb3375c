// SPDX-License-Identifier: Apache-2.0
#include "nats/rotating_options.hpp"

#include <string>
#include <utility>
#include <vector>

namespace dlrgw::host {

RotatingOptions::RotatingOptions(const NatsOptions& options, Logger& log)
    : options_(options),
      log_(log),
      secret_(options.password, options.creds_file.empty() ? options.password_file : options.creds_file,
              [this](std::string_view sentence) { tell_refused(sentence); }) {}

Status RotatingOptions::choose() {
  std::vector<std::string> secrets = secret_.to_try();
  auto next = NatsLogin::make(options_, std::move(secrets[turn_++ % secrets.size()]));
  if (!next && login_ == nullptr) return next.error();
  if (next) login_ = std::move(*next);
  auto made = client_options(options_);
  if (!made && chosen_ == nullptr) return made.error();
  if (made) chosen_ = std::move(*made);
  return login_->put_into(chosen_.get());
}

Result<ClientOptions> RotatingOptions::beside() const {
  auto made = client_options(options_);
  if (!made) return made.error();
  if (const Status usable = login_->put_into(made->get()); !usable) return usable.error();
  return made;
}

void RotatingOptions::taken(const NatsLogin& login) {
  // None was chosen since: the client has connected again by itself, with the login that was taken before.
  if (turn_.exchange(0) == 0) return;
  secret_.taken(login.secret());
}

Status RotatingOptions::renew() {
  if (Status read = secret_.renew(); !read) return read;
  if (const auto login = NatsLogin::make(options_, secret_.to_try().front()); !login) return login.error();
  const auto usable = client_options(options_);
  return usable ? Status() : Status(usable.error());
}

void RotatingOptions::tell_refused(std::string_view sentence) {
  // What is no login at all was never shown to a server; whoever watches the file says what is wrong with it.
  if (!NatsLogin::make(options_, secret_.to_try().front())) return;
  log_.emit(Level::kWarn, "dlr.rotation.refused",
            {{"key", options_.creds_file.empty() ? "nats.password_file" : "nats.creds_file"}, {"reason", sentence}});
}

}  // namespace dlrgw::host
