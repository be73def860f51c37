// The worker that forgets what is over.
#pragma once
#include <memory>

#include "workers/loop.hpp"

namespace roundtrip::workers {

// A sweep a minute, at once again while there is more.
std::unique_ptr<Loop> make_housekeeper(store::Database& db);

}  // namespace roundtrip::workers
