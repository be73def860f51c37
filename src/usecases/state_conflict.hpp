// The refusal of a step that a state does not have; within the room only.
#pragma once
#include <string>

#include "base/result.hpp"

namespace roundtrip::usecases {

// `code`: the noun with "_state". "The return is received; it cannot be canceled. Do this instead."; what is so already is said to be.
inline Error state_conflict(const std::string& code, const std::string& state, const std::string& wanted, const std::string& next_step) {
  const std::string noun = code.substr(0, code.find('_')), why = state == wanted ? " already. " : "; it cannot be " + wanted + ". ";
  Error error{ErrorKind::conflict, code, "The " + noun + " is " + state + why + next_step};
  error.explain = Explain{code, {{"state", state}, {"wanted", wanted}}, next_step};
  return error;
}

}  // namespace roundtrip::usecases
