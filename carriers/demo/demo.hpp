// The demo carrier: a real HTTP peer (`roundtrip demo-carrier`) that speaks JSON.
//
// Numbers: "DM" (parcels) or "DR" (returns), eleven digits of our id, one GS1 check digit.
#pragma once
#include "carriers/carrier.hpp"

namespace roundtrip::carriers {

const Pickups& demo_pickups();

class DemoCarrier : public Carrier {
 public:
  constexpr DemoCarrier() = default;
  std::string_view name() const override { return "demo"; }
  std::string_view title() const override { return "Demo carrier"; }
  const Capabilities& capabilities() const override;
  std::optional<std::string> number_for(ParcelId parcel) const override;
  std::optional<std::string> number_for(ReturnId return_id) const override;
  bool is_number(std::string_view text) const override;
  HttpRequest announce_request(const CarrierAccount& account, const ParcelToAnnounce& parcel) const override;
  AnnounceReply parse_announce(const HttpOutcome& outcome) const override;
  HttpRequest track_request(const CarrierAccount& account, std::span<const TrackQuery> queries) const override;
  TrackReply parse_track(const CarrierAccount& account, const HttpOutcome& outcome, std::span<const TrackQuery> queries) const override;
  // The secret in the URL, or "x-demo-signature: hmac-sha256-hex=..." over the body.
  bool push_is_genuine(const CarrierAccount& account, const Headers& headers, std::string_view url_secret,
                       std::string_view body) const override;
  TrackReply parse_push(std::string_view body) const override;
  const Pickups* pickups() const override { return &demo_pickups(); }
};

}  // namespace roundtrip::carriers
