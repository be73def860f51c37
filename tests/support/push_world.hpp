// A tracking world whose accounts of UPS, USPS and EasyPost ask the demo carrier to push.
#pragma once
#include <map>
#include <string>

#include "support/tracking_world.hpp"
#include "usecases/push_subscriptions.hpp"

namespace roundtrip::test {

inline constexpr const char* kPushSecret = "0123456789abcdef0123456789abcdef";

class PushWorld : public TrackingWorld {
 public:
  PushWorld() { use_accounts(server().url()); }
  ~PushWorld() { std::filesystem::remove(file_); }

  // The three accounts, reached at `url`; `more` are lines of each account's table.
  void use_accounts(const std::string& url, const std::string& push_secret = kPushSecret, const std::string& more = "") {
    std::ofstream out(file_, std::ios::trunc);
    for (const char* carrier : {"ups", "usps", "easypost"}) {
      out << "[[account]]\ncarrier = \"" << carrier << "\"\nbase_url = \"" << url << "\"\nsecret = \"demo-key\"\nkey = \""
          << (std::string_view(carrier) == "easypost" ? "demo-key" : "shop") << "\"\n"
          << (push_secret.empty() ? "" : "push_secret = \"" + push_secret + "\"\n") << more << "\n";
    }
    out.close();
    set("carriers.accounts_file", file_.string());
    use_parallel(4);
  }

  // A valid number of the carrier.
  static std::string number_of(const std::string& carrier, int serial) {
    const std::string digits = std::to_string(1'000'000'000 + serial);
    return carrier == "ups" ? "1Z999AA1" + digits : carrier == "usps" ? "940010000000" + digits : "EZ" + digits;
  }
  ShippedParcel ship_with(const std::string& carrier, const std::string& scenario = "good") {
    return ship_as(carrier, number_of(carrier, ++serial_), scenario);
  }
  // A parcel under a number of our own that the demo carrier knows, followed with another carrier and due to be subscribed.
  ShippedParcel ship_as(const std::string& carrier, const std::string& number, const std::string& scenario = "good") {
    auto parcel = ship(scenario);
    parcel.number = number;
    Session(db()).run("UPDATE trackers SET number = $2 WHERE parcel_id = $1", {parcel.parcel, number});
    announce_all();
    hand_to(parcel, carrier);
    Session(db()).run("UPDATE trackers SET subscribe_at = $2 WHERE parcel_id = $1", {parcel.parcel, now()});
    return parcel;
  }

  usecases::SubscribeReport subscribe(const std::string& carrier) {
    auto wanted = usecases::subscribe_options(config());
    wanted.lease_us = kMinute;
    return usecases::subscribe_account(db(), carriers(), {carrier, ""}, wanted, now());
  }
  usecases::TrackingView view(const ShippedParcel& parcel) { return usecases::read_tracking(context(), parcel.number).value().front(); }

 private:
  std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("push_accounts_" + random_token() + ".toml");
  int serial_ = 0;
};

}  // namespace roundtrip::test
