// What the demo carrier keeps: parcels, the labels it sold and what was manifested. In memory and, where a file is given, in JSON lines
// that outlive it. Thread-safe.
#pragma once
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "demo/carrier_world.hpp"

namespace roundtrip::demo {

struct LabelAddress {
  std::string name, company, line1, line2, city, region, postal_code, country;
};

// What a call for a label asks for, whatever its language.
struct LabelSale {
  std::string tongue;   // in which language it was bought: what is not known in another
  std::string marker;   // two sales with the same one are the same sale; empty: each is its own
  std::string content;  // of a marked sale: a hash of what was asked for
  std::string reference, service, account;
  LabelAddress from, to;
  bool back = false;
  int weight_g = 0;
};

struct SoldLabel {
  LabelSale sale;
  std::string number, id;  // the tracking number, and the sale's own id
  Instant sold_at;
  std::optional<Instant> voided_at;
  std::string manifest;  // the manifest it is on
};

class WorldBook {
 public:
  // Throws std::runtime_error when the file cannot be written.
  explicit WorldBook(const std::string& state_file);

  std::optional<WorldParcel> parcel(const std::string& number) const;
  // The parcel as it stands, and whether this announcement began a life of the number.
  std::pair<WorldParcel, bool> announce(const WorldParcel& parcel);
  // The parcel with another story; nothing: not known.
  std::optional<WorldParcel> force(const std::string& number, Scenario scenario);

  // A label and its parcel. `number` makes one of a serial; it is asked again while the number is taken. The same marker gives the label of
  // the first sale.
  SoldLabel sell(const LabelSale& sale, const std::function<std::string(std::uint64_t)>& number, int good_percent, Instant now);
  std::size_t labels_sold() const;
  // By tracking number or id.
  std::optional<SoldLabel> label(std::string_view tongue, const std::string& number_or_id) const;
  // The label stands voided, and its parcel with it. False: it was voided before.
  bool void_label(const SoldLabel& label, Instant now);
  // Those of the labels that are on no manifest yet are on this one now; the others are given back.
  std::vector<std::string> put_on_manifest(std::string_view tongue, const std::vector<std::string>& numbers, const std::string& manifest);
  // The labels of a manifest.
  std::vector<SoldLabel> manifest(std::string_view tongue, const std::string& manifest) const;

 private:
  void load(const std::string& line);
  void keep(const WorldParcel& parcel);
  void keep(const SoldLabel& label);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, WorldParcel> parcels_;
  std::unordered_map<std::string, SoldLabel> labels_;  // by tracking number
  std::unordered_map<std::string, std::string> ids_;   // language and id -> tracking number
  std::unordered_map<std::string, std::string> marks_;
  std::ofstream state_;
};

}  // namespace roundtrip::demo
