// SPDX-License-Identifier: Apache-2.0
// Expected failures as values: a closed code plus a sentence that says what, which object and what to do.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dlrgw::host {

// Mirrors the DLRGW_E_ codes of the SDK, so that an error crosses the plugin boundary unchanged.
enum class ErrorCode : std::int32_t {
  kInvalid = 1,
  kUnavailable = 2,
  kTransient = 3,
  kData = 4,
  kNotFound = 5,
  kDenied = 6,
  kLimit = 7,
  kInternal = 8,
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string text;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() { return std::get<0>(state_); }
  const T& operator*() const { return std::get<0>(state_); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  [[nodiscard]] const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)), failed_(true) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return !failed_; }
  [[nodiscard]] const Error& error() const { return error_; }

 private:
  Error error_;
  bool failed_ = false;
};

using Status = Result<void>;

}  // namespace dlrgw::host
