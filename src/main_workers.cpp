// Which loops a process runs.
#include "main_workers.hpp"

#include "clients/curl_transport.hpp"
#include "clients/gateway.hpp"
#include "workers/loop.hpp"
#include "workers/refunder.hpp"

namespace roundtrip {

struct WorkRoom::Impl {
  Impl(const Config& config, store::Database& database)
      : gateway_transport({.allow_private_addresses = clients::gateways_may_be_private(config)}), gateways(config, gateway_transport) {
    workers.add(workers::make_refunder(database, gateways, config));
  }
  clients::CurlTransport gateway_transport;
  clients::Gateways gateways;
  workers::Workers workers;  // last: its threads use the rest
};

WorkRoom::WorkRoom(const Config& config, store::Database& database) : impl_(std::make_unique<Impl>(config, database)) {}
WorkRoom::~WorkRoom() = default;
void WorkRoom::start() { impl_->workers.start(); }
void WorkRoom::stop() { impl_->workers.stop(); }

}  // namespace roundtrip
