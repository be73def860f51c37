// Times as carriers write them, kept three ways: raw, on the wall at the place, and in UTC where it can be known, with how it was known.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "domain/tracking.hpp"

namespace roundtrip::carriers {

// A wall-clock time "2026-11-20T09:15:00" or a date alone "2026-11-20" out of what carriers send: ISO 8601 with T or a blank, with or
// without seconds, fraction and offset (Z, +02:00, +0200, " -0500"); the compact "20261120" + "091500". Empty when it is no time.
struct ReadTime {
  std::string local;                  // "" when unreadable
  std::optional<int> offset_minutes;  // as given
  bool zulu = false;                  // given as Z
};
ReadTime read_iso(std::string_view raw);
// By a date library's pattern, e.g. "%d.%m.%Y %H:%M"; `pattern` has no zone.
ReadTime read_pattern(std::string_view raw, const char* pattern);
// "20261120" and "091500" (or "0915", or empty: the date alone).
ReadTime read_compact(std::string_view date, std::string_view time);

// ISO 8601 as above; UTC when an offset or Z is given.
domain::EventTime iso_time(std::string_view raw);
// A wall time without any zone.
domain::EventTime wall_time(std::string raw, const ReadTime& read);
// With an offset that the carrier gives apart ("-06:00", "-04.00", "+0100", "GMT-5"); without a readable one as wall_time.
domain::EventTime time_with_offset(std::string raw, const ReadTime& read, std::string_view offset);
// A wall time in an IANA zone ("Europe/Berlin"); `basis` is place or carrier_zone. A date alone has no UTC. In the hour that a clock is
// put back the earlier reading counts.
domain::EventTime time_in_zone(std::string raw, const ReadTime& read, std::string_view zone, domain::ZoneBasis basis);
// With a North American zone's letters as carriers print them (EST, EDT, ET, NST ...), basis given_offset; else as wall_time.
domain::EventTime time_with_abbreviation(std::string raw, const ReadTime& read, std::string_view abbreviation);
// A moment given in UTC, with the wall time it had there when known.
domain::EventTime utc_time(std::string raw, const ReadTime& utc, std::string local = "");

// The zone of a place, where the country (ISO 3166, two letters) or its state or province (postal letters) has only one; else nothing.
std::optional<std::string_view> zone_of_place(std::string_view country, std::string_view region = "");
// The same of an address, where the postal code tells more of countries with islands in other zones (Spain, Portugal, France).
std::optional<std::string_view> zone_of_address(std::string_view country, std::string_view region, std::string_view postal_code);
// Minutes between UTC and the wall clock of an IANA zone at a moment; nothing for a zone that is none.
std::optional<int> offset_in_zone(std::string_view zone, Instant at);
// time_in_zone where the place has one zone (basis place), else wall_time.
domain::EventTime time_at_place(std::string raw, const ReadTime& read, std::string_view country, std::string_view region = "");

// The same moment with the wall time of the place, where it has one zone: some carriers give all times with their own offset.
domain::EventTime on_wall_of(domain::EventTime time, std::string_view country, std::string_view region = "");

// An estimate: as iso_time, but a date alone means the end of that day at the place, in UTC when nothing better is known.
std::optional<Instant> estimate_of(const domain::EventTime& time);

}  // namespace roundtrip::carriers
