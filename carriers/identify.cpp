// Shapes and check digits of tracking numbers.
#include "carriers/identify.hpp"

#include "carriers/carrier.hpp"
#include "carriers/reply.hpp"

namespace roundtrip::carriers {

std::vector<Candidate> identify(std::string_view text) {
  std::vector<Candidate> out;
  const auto number = plain_number(text);
  for (const auto* carrier : all_carriers()) {
    if (carrier->is_number(number))
      out.push_back({std::string(carrier->name()), std::string(carrier->name()), number, 0.9, true, "shape and check digit fit"});
  }
  return out;
}

}  // namespace roundtrip::carriers
