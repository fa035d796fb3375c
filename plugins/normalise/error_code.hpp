// SPDX-License-Identifier: Apache-2.0
// The error code of a receipt: which source gives it, and how a network's code is written. Pure; any thread.
#pragma once
#include <string>
#include <string_view>

namespace dlrgw::normalise {

// Profile key error_source: what is asked first. The others follow in their usual order, which is that of kField.
enum class ErrorSource {
  kField,    // errorCode, "err:" of the text, network error code
  kText,     // "err:" first
  kNetwork,  // network error code first
};

struct ErrorSources {
  std::string_view field;    // errorCode
  std::string_view text;     // "err:"
  std::string_view network;  // networkErrorCode, or TLV 0x0423 as hex text
};

// "03000b" – one octet network type, two octets code, SMPP 3.4 §5.3.2.31 – is "11". A code of another form stays as it
// is; `from_tlv`: it is octets in hex, and one that is not three long has no code.
std::string code_of_network_error(std::string_view network, bool from_tlv);

// The code of the first source that is not empty.
std::string error_code_of(const ErrorSources& sources, ErrorSource first, bool network_from_tlv);

}  // namespace dlrgw::normalise
