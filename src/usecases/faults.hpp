// What a thrown fault means to a caller: http may not see the store's exceptions, so they are named here.
#pragma once
#include <optional>
#include <string>

#include "base/result.hpp"

namespace roundtrip::usecases {

struct Trouble {
  std::optional<Error> error;  // something the caller can act on; nothing: a bug of ours
  std::string what;            // for the log
};
// Call inside a catch block.
Trouble trouble_of_current_exception();

}  // namespace roundtrip::usecases
