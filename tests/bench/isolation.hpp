// Does an account in trouble slow down another?
#pragma once

namespace roundtrip::bench {

// Rounds of polling a healthy account alone and beside each kind of neighbor, in turns; prints medians and their ratios to being alone.
void isolation(int rounds);

}  // namespace roundtrip::bench
