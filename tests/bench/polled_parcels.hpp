// Handed-over parcels in a database of their own, the demo carrier on a socket, and one clock for both: what the benches of polling share.
#pragma once
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

#include "clients/multi_transport.hpp"
#include "demo/carrier_server.hpp"
#include "support/database.hpp"
#include "usecases/tracking.hpp"

namespace roundtrip::bench {

inline void must(bool fine, const std::string& what) {
  if (!fine) throw std::runtime_error(what);
}

// Processor time of this process (poller and carrier) and of the server's processes for the database, ms.
double cpu_ms(store::Database& db);

class PolledParcels {
 public:
  // `accounts` is an accounts file's text: more accounts than the demo carrier's own.
  explicit PolledParcels(int parcels, const std::string& accounts = "");
  store::Database& db() { return database_.db(); }
  const usecases::Carriers& carriers() const { return *carriers_; }
  int parcels() const { return parcels_; }
  Instant now() const { return {clock_.load()}; }
  void pass(std::int64_t us) { clock_ += us; }
  // Parcels of another account beside those of the demo carrier's, never due.
  void add_strangers(const std::string& account, int parcels);
  // Every parcel of the account is due.
  void make_due(const std::string& account);
  // Polls until as many answers came as we have parcels; nothing else is done meanwhile.
  usecases::PollReport answer_all(usecases::Poller& poller);

 private:
  demo::CarrierServerOptions server_options();
  void make_parcels();
  void add_trackers();
  void announce();

  const int parcels_;
  std::atomic<std::int64_t> clock_{roundtrip::now().us / kSecond * kSecond};
  test::TestDatabase database_;
  MerchantId merchant_;
  demo::CarrierServer server_;
  Config config_;
  clients::MultiTransport transport_;
  std::unique_ptr<usecases::Carriers> carriers_;
};

}  // namespace roundtrip::bench
