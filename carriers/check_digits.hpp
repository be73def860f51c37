// Check digits of tracking numbers. `serial` is what the digit is computed from; letters count as (ASCII - 3) mod 10 where a carrier
// allows them (UPS).
#pragma once
#include <string_view>

namespace roundtrip::carriers {

// Sum of the digits times `even` at places 0, 2, 4 ... and times `odd` at 1, 3, 5 ...; the check brings it to a multiple of ten.
char check_mod10(std::string_view serial, int even, int odd);
// ISO/IEC 7812-1: every second digit from the right doubled, tens and ones of it added.
char check_luhn(std::string_view serial);
// The number itself modulo seven (DHL Express).
char check_mod7(std::string_view serial);
// Digits times weights given as digits and repeated ("317"), modulo 11, ten counts as zero (FedEx).
char check_mod11(std::string_view serial, std::string_view weights);
// UPU S10: weights 8 6 4 2 3 5 9 7, 11 minus the sum modulo 11, ten counts as 0 and eleven as 5.
char check_s10(std::string_view serial);
// ISO 7064 MOD 37,36, a digit or a letter (DPD).
char check_mod37_36(std::string_view serial);

}  // namespace roundtrip::carriers
