// All workers of a process and what they hold.
#pragma once
#include <memory>

#include "base/config.hpp"
#include "store/database.hpp"

namespace roundtrip {

class WorkRoom {
 public:
  WorkRoom(const Config& config, store::Database& database);
  ~WorkRoom();
  void start();
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace roundtrip
