// The words of a policy's trace in the reader's language.
#pragma once
#include <string>
#include <string_view>

#include "domain/policy.hpp"

namespace roundtrip::usecases {

// Who reads: a locale's tag and an IANA zone.
struct Reader {
  std::string locale = "en", time_zone = "UTC";
};
// From an Accept-Language header; English without one.
Reader reader_of_header(std::string_view accept_language);

// Sets `result` and `next_step` of every step.
void say_trace(const Reader& reader, std::vector<domain::TraceStep>& trace);

// A decision as JSON, as it is kept with a return: without sentences.
std::string decision_json(const domain::PolicyDecision& decision);
// The same with its sentences. One that was kept with sentences, or not by us, is given as it is.
std::string say_decision(const Reader& reader, const std::string& json);

}  // namespace roundtrip::usecases
