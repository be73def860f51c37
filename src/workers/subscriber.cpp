// A turn, and again.
#include "workers/subscriber.hpp"

namespace roundtrip::workers {

std::vector<std::unique_ptr<Loop>> make_subscribers(store::Database& db, const Config& config, const usecases::Carriers& carriers) {
  std::vector<std::unique_ptr<Loop>> loops;
  const auto options = usecases::subscribe_options(config);
  for (const auto& account : usecases::push_accounts(carriers)) {
    auto loop = loop_options(config, "subscriber " + account.carrier + "/" + account.account);
    loop.pause_us = config.integer("tracking.poll_ms") * 1000;
    loops.push_back(std::make_unique<Loop>(loop, [&db, &carriers, account, options](std::stop_token stop) {
      const auto report = usecases::subscribe_account(db, carriers, account, options, roundtrip::now(), stop);
      return report.accepted + report.refused;
    }));
  }
  return loops;
}

}  // namespace roundtrip::workers
