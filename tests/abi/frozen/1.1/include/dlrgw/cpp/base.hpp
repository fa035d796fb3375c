// SPDX-License-Identifier: Apache-2.0
// Strings, errors and the exception guard of the C++ layer. Header-only: compiled into each plugin, never across.
#pragma once
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include <dlrgw/abi/base.h>

namespace dlrgw {

constexpr dlrgw_str str(std::string_view text) { return {text.data(), text.size()}; }
constexpr std::string_view view(dlrgw_str text) {
  return text.len == 0 ? std::string_view{} : std::string_view(text.ptr, static_cast<std::size_t>(text.len));
}

// Thrown by the C++ layer when the host refuses a call, and by authors. Leaves the plugin as a code and a text; the
// text must hold no phone number, message text or payload.
class Error : public std::runtime_error {
 public:
  Error(std::int32_t code, const std::string& text) : std::runtime_error(text), code_(code) {}
  [[nodiscard]] std::int32_t code() const noexcept { return code_; }

 private:
  std::int32_t code_;
};

inline dlrgw_error make_error() {
  dlrgw_error error{};
  error.struct_size = sizeof error;
  return error;
}

inline std::string_view text_of(const dlrgw_error& error) {
  return {error.text, error.text_len <= sizeof error.text ? error.text_len : sizeof error.text};
}

inline void fill(dlrgw_error* error, std::int32_t code, std::string_view text) noexcept {
  if (error == nullptr || !DLRGW_HAS(error, dlrgw_error, text_len)) return;
  const std::size_t room = error->struct_size - offsetof(dlrgw_error, text);
  const std::size_t capacity = room < sizeof error->text ? room : sizeof error->text;
  const std::size_t length = text.size() < capacity ? text.size() : capacity;
  error->code = code;
  error->text_len = static_cast<std::uint32_t>(length);
  if (length != 0) std::memcpy(error->text, text.data(), length);
}

// Throws when a host call answered an error.
inline void check(std::int32_t code, const dlrgw_error& error) {
  if (code != DLRGW_OK) throw Error(code, std::string(text_of(error)));
}
inline void check(std::int32_t code, const char* what) {
  if (code != DLRGW_OK) throw Error(code, std::string(what) + " was refused, code " + std::to_string(code));
}

// Runs f at the boundary: nothing that it throws crosses.
template <class F>
std::int32_t guarded(dlrgw_error* error, F&& f) noexcept {
  try {
    f();
    return DLRGW_OK;
  } catch (const Error& e) {
    fill(error, e.code(), e.what());
    return e.code();
  } catch (const std::exception& e) {
    fill(error, DLRGW_E_INTERNAL, e.what());
  } catch (...) {
    fill(error, DLRGW_E_INTERNAL, "threw something that is not a std::exception");
  }
  return DLRGW_E_INTERNAL;
}

}  // namespace dlrgw
