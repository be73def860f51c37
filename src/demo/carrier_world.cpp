// The stories of parcels, as tables of beats: on which day, what, where.
#include "demo/carrier_world.hpp"

#include <algorithm>
#include <span>

namespace roundtrip::demo {
namespace {

enum class Where { shop, first_hub, last_hub, border, town };

// One beat of a story: days after the announcement.
struct Beat {
  double day;
  const char* code;
  const char* text;
  Where where;
  bool return_leg = false;
};

constexpr Beat kGood[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "DEP", "Left the sorting center", Where::first_hub},
    {2.0, "ARR", "Arrived at the sorting center", Where::last_hub},
    {3.0, "DEP", "Left the sorting center", Where::last_hub},
    {3.8, "MSG", "The recipient was told about the delivery", Where::town},
    {3.9, "OFD", "Out for delivery", Where::town},
    {4.3, "DLV", "Delivered", Where::town},
};
constexpr Beat kLate[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "DEP", "Left the sorting center", Where::first_hub},
    {2.5, "DLY", "Delayed in our network, a new date follows", Where::first_hub},
    {6.5, "ARR", "Arrived at the sorting center", Where::last_hub},
    {8.0, "OFD", "Out for delivery", Where::town},
    {8.5, "DLV", "Delivered", Where::town},
};
constexpr Beat kLost[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "DEP", "Left the sorting center", Where::first_hub},
    {12.0, "LST", "The search was ended, the parcel is lost", Where::first_hub},
};
constexpr Beat kRefused[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {2.0, "ARR", "Arrived at the sorting center", Where::last_hub},
    {3.9, "OFD", "Out for delivery", Where::town},
    {4.2, "REF", "The recipient refused the parcel", Where::town},
    {4.6, "RTS", "On its way back to the sender", Where::town, true},
    {6.0, "ARR", "Arrived at the sorting center", Where::first_hub, true},
    {7.5, "DLV", "Delivered to the sender", Where::shop, true},
};
constexpr Beat kReturned[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {2.0, "ARR", "Arrived at the sorting center", Where::last_hub},
    {3.9, "OFD", "Out for delivery", Where::town},
    {4.2, "ATT", "Nobody was at home", Where::town},
    {4.6, "PUP", "Ready at the pick-up point", Where::town},
    {8.0, "RTS", "Not collected, on its way back to the sender", Where::town, true},
    {10.0, "DLV", "Delivered to the sender", Where::shop, true},
};
constexpr Beat kAttempted[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {2.0, "ARR", "Arrived at the sorting center", Where::last_hub},
    {3.5, "OFD", "Out for delivery", Where::town},
    {3.8, "ATT", "Nobody was at home", Where::town},
    {4.5, "OFD", "Out for delivery", Where::town},
    {4.8, "DLV", "Delivered", Where::town},
};
constexpr Beat kPickup[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {2.0, "ARR", "Arrived at the sorting center", Where::last_hub},
    {3.5, "PUP", "Ready at the pick-up point", Where::town},
    {4.9, "DLV", "Collected by the recipient", Where::town},
};
constexpr Beat kCustoms[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "DEP", "Left the sorting center", Where::first_hub},
    {1.8, "CUH", "Held by customs, documents are missing", Where::border},
    {4.5, "CUS", "Cleared customs", Where::border},
    {6.5, "OFD", "Out for delivery", Where::town},
    {7.0, "DLV", "Delivered", Where::town},
};
constexpr Beat kStuck[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "DEP", "Left the sorting center", Where::first_hub},
};
constexpr Beat kUnmapped[] = {
    {0.0, "LBL", "Shipment data received", Where::shop},
    {0.4, "ACC", "Accepted from the sender", Where::shop},
    {1.0, "XQ7", "Handed to the night network", Where::first_hub},
    {3.9, "OFD", "Out for delivery", Where::town},
    {4.3, "DLV", "Delivered", Where::town},
};
constexpr Beat kBack[] = {
    {0.0, "LBL", "Shipment data received", Where::town},
    {0.5, "ACC", "Accepted from the sender", Where::town},
    {1.2, "DEP", "Left the sorting center", Where::last_hub},
    {2.0, "ARR", "Arrived at the sorting center", Where::first_hub},
    {2.8, "OFD", "Out for delivery", Where::shop},
    {3.1, "DLV", "Delivered", Where::shop},
};

std::span<const Beat> story_of(const WorldParcel& parcel) {
  if (parcel.back) return kBack;
  switch (parcel.scenario) {
    case Scenario::late:
      return kLate;
    case Scenario::lost:
      return kLost;
    case Scenario::refused:
      return kRefused;
    case Scenario::returned:
      return kReturned;
    case Scenario::attempted:
      return kAttempted;
    case Scenario::pickup:
      return kPickup;
    case Scenario::customs:
      return kCustoms;
    case Scenario::stuck:
      return kStuck;
    case Scenario::unmapped:
      return kUnmapped;
    case Scenario::good:
    case Scenario::out_of_order:
    case Scenario::twice:
    case Scenario::reused:
    case Scenario::odd_item:
    case Scenario::error:
    case Scenario::garbage:
      return kGood;
  }
  return kGood;
}

constexpr double kPromisedDays = 5.0;
double estimated_days(const WorldParcel& parcel, double elapsed_days) {
  if (parcel.scenario == Scenario::late && elapsed_days >= 2.5) return 9.0;
  if (parcel.scenario == Scenario::customs && elapsed_days >= 4.5) return 7.5;
  return kPromisedDays;
}

int offset_minutes_of(std::string_view country) {
  struct Offset {
    std::string_view country;
    int minutes;
  };
  static constexpr Offset kOffsets[] = {{"GB", 0},   {"IE", 0},    {"PT", 0},    {"IS", 0},    {"FI", 120}, {"GR", 120}, {"CY", 120},
                                        {"RO", 120}, {"US", -300}, {"CA", -300}, {"BR", -180}, {"JP", 540}, {"AU", 600}, {"SG", 480},
                                        {"HK", 480}, {"IL", 120},  {"SA", 180},  {"AE", 240},  {"IN", 330}};
  for (const auto& known : kOffsets) {
    if (known.country == country) return known.minutes;
  }
  return 60;
}

WorldEvent event_at(const WorldParcel& parcel, const Beat& beat, std::int64_t day_us) {
  WorldEvent event{beat.code, beat.text, "", {}, 60, beat.return_leg};
  // Up to a tenth of a day of spread by number, so that parcels announced together do not move together.
  const double spread = beat.day == 0.0 ? 0.0 : static_cast<double>(world_hash(parcel.number) % 1000) / 10'000.0;
  event.at = parcel.announced_at + static_cast<std::int64_t>((beat.day + spread) * static_cast<double>(day_us));
  const std::string town = parcel.city.empty() ? parcel.country : parcel.city;
  switch (beat.where) {
    case Where::shop:
      event.place = "Graz";
      break;
    case Where::first_hub:
      event.place = "Linz, sorting center";
      break;
    case Where::border:
      event.place = "Customs, " + parcel.country;
      break;
    case Where::last_hub:
      event.place = "Sorting center " + parcel.country;
      break;
    case Where::town:
      event.place = town;
      break;
  }
  if (beat.where == Where::last_hub || beat.where == Where::town) event.offset_minutes = offset_minutes_of(parcel.country);
  return event;
}

// The former owner of a recycled number.
std::vector<WorldEvent> former_life(const WorldParcel& parcel) {
  const Instant then = parcel.announced_at - 400 * kDay;
  return {{"ACC", "Accepted from the sender", "Wien", then, 60, false}, {"DLV", "Delivered", "Salzburg", then + 2 * kDay, 60, false}};
}

void tell_twice(std::vector<WorldEvent>& events) {
  const auto once = events;
  for (auto event : once) {
    event.text += " (corrected)";
    events.push_back(std::move(event));
  }
}

}  // namespace

std::uint64_t world_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  hash ^= hash >> 33;
  hash *= 0xFF51AFD7ED558CCDU;
  return hash ^ (hash >> 33);
}

bool is_accepted(const WorldParcel& parcel, Instant now, std::int64_t day_us) {
  const WorldReport report = report_of(parcel, now, day_us);
  return std::any_of(report.events.begin(), report.events.end(), [&](const WorldEvent& event) {
    return event.at >= parcel.announced_at && event.code != "LBL" && event.code != "MSG" && event.code != "VOI";
  });
}

Scenario choose_scenario(std::string_view number, std::string_view reference, int good_percent) {
  static constexpr Scenario kHard[] = {Scenario::late,     Scenario::attempted, Scenario::pickup,  Scenario::refused,
                                       Scenario::returned, Scenario::lost,      Scenario::customs, Scenario::out_of_order,
                                       Scenario::twice,    Scenario::stuck,     Scenario::unmapped};
  const std::uint64_t hash = world_hash(std::string(number) + "|" + std::string(reference));
  if (static_cast<int>(hash % 100) < good_percent) return Scenario::good;
  return kHard[(hash / 100) % std::size(kHard)];
}

WorldReport report_of(const WorldParcel& parcel, Instant now, std::int64_t day_us) {
  WorldReport report;
  const double elapsed_days = static_cast<double>(now - parcel.announced_at) / static_cast<double>(day_us);
  report.estimated_at = parcel.announced_at + static_cast<std::int64_t>(estimated_days(parcel, elapsed_days) * static_cast<double>(day_us));
  const bool disorder = parcel.scenario == Scenario::out_of_order;
  for (const Beat& beat : story_of(parcel)) {
    const WorldEvent event = event_at(parcel, beat, day_us);
    // In disorder, hubs tell of their scans up to three days late.
    const std::int64_t told_late_us =
        disorder && beat.where != Where::town ? static_cast<std::int64_t>(world_hash(parcel.number + beat.code) % 3) * day_us : 0;
    if (event.at + told_late_us > now) continue;
    if (parcel.voided_at && event.at > *parcel.voided_at) continue;
    report.events.push_back(event);
    if (std::string_view(beat.code) != "MSG" && std::string_view(beat.code) != "LBL" && std::string_view(beat.code) != "XQ7")
      report.headline = event;
    if (std::string_view(beat.code) == "DLV" && !beat.return_leg) report.signed_by = parcel.back ? "Warehouse" : "A. N. Other";
  }
  if (parcel.voided_at && *parcel.voided_at <= now) {
    report.events.push_back({"VOI", "The label was voided", "Graz", *parcel.voided_at, 60, false});
    report.headline = report.events.back();
  }
  if (parcel.scenario == Scenario::twice) tell_twice(report.events);
  if (parcel.scenario == Scenario::reused) {
    auto former = former_life(parcel);
    report.events.insert(report.events.begin(), former.begin(), former.end());
  }
  if (disorder) {
    report.headline.reset();
    std::sort(report.events.begin(), report.events.end(), [&](const WorldEvent& a, const WorldEvent& b) {
      return world_hash(parcel.number + a.text) < world_hash(parcel.number + b.text);
    });
  }
  return report;
}

}  // namespace roundtrip::demo
