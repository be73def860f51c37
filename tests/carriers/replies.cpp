// Hostile forms of a good reply.
#include "replies.hpp"

#include <fstream>
#include <sstream>

#include "support/places.hpp"

namespace roundtrip::carriers::test {
namespace {
void read(const Api& api, const std::string& body, const std::string& what) {
  for (const int status : {200, 404, 500}) {
    TrackReply reply;
    ASSERT_NO_THROW(reply = read_reply(api, {HttpResponse{status, {}, body}, {}})) << what << " HTTP " << status;
    if (reply.trouble != Trouble::none) {
      EXPECT_TRUE(reply.items.empty()) << what;
    }
    ASSERT_NO_THROW(records_json(reply)) << what;
  }
}

void refuses(const Api& api, const std::string& body, const std::string& what) {
  EXPECT_EQ(read_reply(api, {HttpResponse{200, {}, body}, {}}).trouble, Trouble::bad_reply) << what;
  read(api, body, what);
}

using Feed = std::function<void(const std::string& body, const std::string& what)>;

// Every value of the document replaced by values of other types, one at a time.
void replace_each(const Feed& feed, const Json& whole, const Json::json_pointer& here, int& left) {
  static const Json kOthers[] = {
      nullptr, 7, -1.5e300, true, "", "x", Json::array(), Json::object(), Json::array({nullptr, 1, "a", Json::array()})};
  for (const Json& other : kOthers) {
    if (left-- <= 0) return;
    Json changed = whole;
    changed[here] = other;
    feed(changed.dump(), "value at " + here.to_string() + " replaced");
  }
  const Json& value = whole.at(here);
  if (!value.is_structured()) return;
  for (const auto& [key, unused] : value.items()) {
    if (value.is_array())
      replace_each(feed, whole, here / static_cast<std::size_t>(std::stoul(key)), left);
    else
      replace_each(feed, whole, here / key, left);
  }
}

// Cut at every place, and with a byte that is no UTF-8 at every place.
void cut_and_spoil(const Feed& feed, const std::string& good) {
  const std::size_t step = std::max<std::size_t>(1, good.size() / 400);
  for (std::size_t size = 0; size < good.size(); size += step) feed(good.substr(0, size), "cut at " + std::to_string(size));
  std::string spoiled = good;
  for (std::size_t at = 0; at < good.size(); at += step) {
    spoiled[at] = '\xFF';
    feed(spoiled, "a byte at " + std::to_string(at));
    spoiled[at] = good[at];
  }
}
}  // namespace

std::string shared_file(const std::string& path) {
  const char* named = std::getenv("ROUNDTRIP_TEST_DATA");
  std::ifstream file(std::string(named != nullptr ? named : ROUNDTRIP_SOURCE_DIR "/../shared/data") + "/" + path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void survives_hostile_forms(const Api& api, const std::string& good) {
  ASSERT_NE(read_reply(api, answer(200, good)).trouble, Trouble::bad_reply) << "the reply to start from is not read";
  const Feed feed = [&](const std::string& body, const std::string& what) { read(api, body, what); };
  cut_and_spoil(feed, good);
  std::string spoiled = good;
  spoiled[good.size() / 2] = '\xFF';
  const Document document = Document::of(good);
  const bool json = document.json.has_value();
  if (json || good.find("encoding=") == std::string::npos) refuses(api, spoiled, "bad UTF-8");
  refuses(api, good + std::string(10'000'000, ' '), "ten megabytes");
  refuses(api, json ? std::string(100'000, '[') : [] {
    std::string deep;
    for (int i = 0; i < 50'000; ++i) deep += "<a>";
    return deep;
  }(), "nested deeply");
  refuses(api, "", "nothing");
  refuses(api, "OK", "a word");
  if (json) {
    int left = 6000;
    replace_each(feed, *document.json, Json::json_pointer(), left);
  } else {
    refuses(api, "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><lolz>&b;</lolz>", "an entity bomb");
    read(api, "<a/>", "another document");
  }
}

void survives_hostile_json(const std::string& good, const std::function<void(const HttpOutcome&)>& parse) {
  const Feed feed = [&](const std::string& body, const std::string& what) {
    for (const int status : {200, 400}) ASSERT_NO_THROW(parse({HttpResponse{status, {}, body}, {}})) << what << " HTTP " << status;
  };
  parse(answer(200, good));
  cut_and_spoil(feed, good);
  feed(good + std::string(10'000'000, ' '), "ten megabytes");
  feed(std::string(100'000, '['), "nested deeply");
  feed("", "nothing");
  feed("OK", "a word");
  int left = 6000;
  replace_each(feed, Json::parse(good), Json::json_pointer(), left);
}

}  // namespace roundtrip::carriers::test
