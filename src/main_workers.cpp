// Which loops a process runs.
#include "main_workers.hpp"

#include "workers/loop.hpp"

namespace roundtrip {

struct WorkRoom::Impl {
  workers::Workers workers;
};

WorkRoom::WorkRoom(const Config&, store::Database&) : impl_(std::make_unique<Impl>()) {}
WorkRoom::~WorkRoom() = default;
void WorkRoom::start() { impl_->workers.start(); }
void WorkRoom::stop() { impl_->workers.stop(); }

}  // namespace roundtrip
