// What tests of described carriers share.
#pragma once
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "../replies.hpp"
#include "carriers/described.hpp"
#include "support/places.hpp"

namespace roundtrip::carriers::test {

inline std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  return text.str();
}
inline std::unique_ptr<const Carrier> described(const std::string& toml) {
  auto carrier = described_carrier(toml, "test.toml");
  if (!carrier) throw std::runtime_error(carrier.error().message);
  return std::move(*carrier);
}
// One that comes with the program.
inline std::unique_ptr<const Carrier> shipped(const std::string& name) {
  return described(file_text(ROUNDTRIP_SOURCE_DIR "/config/carriers/" + name + ".toml"));
}
inline TrackReply read_with(const Carrier& carrier, const std::string& body, int status = 200) {
  keep_as_seed_of(carrier, status, body);
  return read_reply(carrier.apis().front(), answer(status, body));
}
// The only record; a test that has none fails with why.
inline TrackedNumber only(const TrackReply& reply) {
  if (reply.items.size() != 1) throw std::runtime_error(std::to_string(reply.items.size()) + " records: " + reply.detail);
  return reply.items.front();
}
// A file with everything that must be there, and `more` after it.
inline std::string minimal(const std::string& more = "", const std::string& before = "") {
  return "name = \"bike_post\"\ntitle = \"Bike Post\"\nbase_url = \"https://bike.example\"\n" + before +
         "[reply]\nkind = \"json\"\nknown_by = [\"/events\", \"/error\"]\n"
         "[events]\nlist = \"/events\"\ncode = \"/c\"\ntext = \"/t\"\n" +
         more;
}

}  // namespace roundtrip::carriers::test
