// A carrier's file, read and judged.
#include "carriers/custom/description.hpp"

#include <date/tz.h>

#include <algorithm>

#include "carriers/custom/table_reader.hpp"
#include "carriers/number_formats.hpp"

namespace roundtrip::carriers::custom {
namespace {
const std::vector<std::string> kPlaceholders = {"number", "numbers", "reference", "postal_code", "country",
                                                "locale", "key",     "secret",    "customer"};
const std::vector<std::string> kFormats = {"iso", "compact", "dotnet", "unix", "unix_ms"};
const std::vector<std::string> kTroubles = {"not_found", "bad_request", "auth", "rate_limited", "service"};
constexpr Trouble kTroubleOf[] = {Trouble::not_found, Trouble::bad_request, Trouble::auth, Trouble::rate_limited, Trouble::service};

// "{number}" is a placeholder; a brace that begins no word is itself (JSON bodies are full of them).
Template template_of(TableReader& reader, const std::string& key, const std::string& text) {
  Template out;
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    const auto word = close == std::string::npos ? std::string() : text.substr(at + 1, close - at - 1);
    const bool is_word = !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos;
    if (!is_word) {
      plain += text[at];
      continue;
    }
    if (std::ranges::find(kPlaceholders, word) == kPlaceholders.end())
      reader.wrong(key, "has '{" + word + "}', which stands for nothing" + did_you_mean_word(word, kPlaceholders));
    if (!plain.empty()) out.pieces.push_back({std::exchange(plain, ""), false});
    out.pieces.push_back({word, true});
    at = close;
  }
  if (!plain.empty()) out.pieces.push_back({plain, false});
  return out;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; });
}

std::vector<std::pair<std::string, Template>> templates_of(TableReader& reader, const std::string& key) {
  std::vector<std::pair<std::string, Template>> out;
  const auto* table = reader.table(key);
  if (table == nullptr) return out;
  for (const auto& [name, node] : *table) {
    const auto* value = node.as_string();
    if (value == nullptr || has_control(value->get()) || has_control(name.str()))
      reader.faults().add(node.source(), "bad_value", reader.where() + key + "." + std::string(name.str()) + " must be one line of text");
    else
      out.emplace_back(name.str(), template_of(reader, key, value->get()));
  }
  return out;
}

void read_request(TableReader& root, Description& out) {
  const auto* table = root.table("request");
  if (table == nullptr) return;
  TableReader reader(*table, "request.", root.faults());
  RequestRule rule;
  const std::vector<std::string> methods = {"GET", "POST"};
  rule.method = methods[reader.one_of("method", methods)];
  const auto path = reader.text("path", true);
  if (!path.empty() && path.front() != '/') reader.wrong("path", "must begin with '/'");
  if (has_control(path)) reader.wrong("path", "must be one line");
  rule.path = template_of(reader, "path", path);
  rule.query = templates_of(reader, "query");
  rule.headers = templates_of(reader, "headers");
  rule.body = template_of(reader, "body", reader.text("body"));
  rule.body_is = static_cast<BodyKind>(reader.one_of("body_is", {"text", "json", "xml", "form"}));
  rule.join = reader.text("join", false, ",");
  const auto asks = [&](std::string_view word) {
    const auto uses = [&](const auto& pair) { return pair.second.uses(word); };
    return rule.path.uses(word) || rule.body.uses(word) || std::ranges::any_of(rule.query, uses) || std::ranges::any_of(rule.headers, uses);
  };
  if (!asks("number") && !asks("numbers")) reader.wrong("path", "and what else is sent must have {number} or {numbers} in one place");
  if (out.capabilities.numbers_per_call > 1 && !asks("numbers"))
    reader.wrong("path", "or the body must have {numbers}: numbers_per_call is more than one");
  out.request = std::move(rule);
}

bool is_absolute(std::string_view url) { return (url.starts_with("https://") || url.starts_with("http://")) && !has_control(url); }

void read_auth(TableReader& root, Description& out) {
  const auto* table = root.table("auth");
  if (table == nullptr) return;
  TableReader reader(*table, "auth.", root.faults());
  auto& auth = out.auth;
  auth.kind = static_cast<AuthRule::Kind>(reader.one_of("kind", {"none", "basic", "header", "bearer", "oauth2"}));
  const bool in_header = auth.kind == AuthRule::Kind::header, oauth = auth.kind == AuthRule::Kind::oauth2;
  if (in_header) {
    auth.header = reader.text("header", true);
    auth.prefix = reader.text("prefix");
    const bool token = !auth.header.empty() && std::ranges::all_of(auth.header, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!token) reader.wrong("header", "must be the name of a header");
  }
  if (oauth) {
    auth.token_url = reader.text("token_url", true);
    if (!auth.token_url.starts_with("/") && !is_absolute(auth.token_url))
      reader.wrong("token_url", "must be a path that begins with '/', or an absolute URL");
    auth.scope = reader.text("scope");
    auth.lives = reader.paths("lives", DocumentKind::json);
    auth.credentials_in_body = reader.one_of("client", {"basic", "body"}) == 1;
    out.capabilities.needs_token = true;
  }
}

TimeRule time_rule(TableReader& parent, const std::string& key, DocumentKind kind) {
  TimeRule rule;
  const auto* table = parent.table(key);
  if (table == nullptr) return rule;
  TableReader reader(*table, parent.where() + key + ".", parent.faults());
  rule.at = reader.paths("at", kind);
  rule.date = reader.paths("date", kind);
  rule.clock = reader.paths("clock", kind);
  rule.format = reader.text("format", false, "iso");
  const bool known = std::ranges::find(kFormats, rule.format) != kFormats.end() || rule.format.find('%') != std::string::npos;
  if (!known)
    reader.wrong("format", "is '" + rule.format + "': one of iso, compact, dotnet, unix, unix_ms, or a pattern such as %d.%m.%Y %H:%M" +
                               did_you_mean_word(rule.format, kFormats));
  rule.local = reader.paths("local", kind);
  rule.offset = reader.paths("offset", kind);
  rule.country = reader.paths("country", kind);
  rule.country_after = reader.text("country_after");
  rule.region = reader.paths("region", kind);
  rule.in_country = reader.text("in_country");
  if (!rule.in_country.empty() && !is_country(rule.in_country)) reader.wrong("in_country", "must be two letters of ISO 3166-1");
  rule.zone = reader.text("zone");
  try {
    if (!rule.zone.empty()) date::locate_zone(rule.zone);
  } catch (const std::runtime_error&) {
    reader.wrong("zone", "must be a zone of the IANA database such as Europe/Brussels");
  }
  if (rule.at.empty() == rule.date.empty()) reader.wrong("at", "or `date` (and `clock`) must say where the time is, one of the two");
  return rule;
}

Condition condition_of(TableReader& reader, DocumentKind kind) {
  Condition out;
  out.at = reader.paths("at", kind);
  out.is = reader.texts("is");
  out.contains = reader.texts("contains");
  out.is_not = reader.texts("is_not");
  return out;
}

void read_reply_rules(TableReader& root, Description& out) {
  const auto* table = root.table("reply", true);
  if (table == nullptr) return;
  TableReader reader(*table, "reply.", root.faults());
  out.kind = static_cast<DocumentKind>(reader.one_of("kind", {"json", "xml"}));
  out.known_by = reader.paths("known_by", out.kind, true);
  out.records = reader.paths("records", out.kind);
  out.number = reader.paths("number", out.kind);
  out.reference = reader.paths("reference", out.kind);
  out.missing = reader.paths("missing", out.kind);
  out.signed_by = reader.paths("signed_by", out.kind);
  out.weight = reader.paths("weight", out.kind);
  out.weight_unit = reader.paths("weight_unit", out.kind);
  out.weight_unit_is = reader.text("weight_unit_is");
  out.estimate = time_rule(reader, "estimate", out.kind);
  if (out.records.empty()) {
    std::string fault;
    out.records.push_back(*Path::parse(out.kind == DocumentKind::json ? "" : "/*", out.kind, fault));
  }
}

void read_events(TableReader& root, Description& out) {
  if (const auto* table = root.table("events", true)) {
    TableReader reader(*table, "events.", root.faults());
    out.events = reader.paths("list", out.kind, true);
    out.event_code = reader.paths("code", out.kind);
    out.event_text = reader.paths("text", out.kind);
    out.event_place = reader.paths("place", out.kind);
    out.event_time = time_rule(reader, "time", out.kind);
    if (out.event_code.empty() && out.event_text.empty()) reader.wrong("code", "or `text` must say what happened");
    for (const auto* one : reader.tables("return_leg")) {
      TableReader rule(*one, "events.return_leg.", root.faults());
      out.return_leg.push_back(condition_of(rule, out.kind));
      if (out.return_leg.back().at.empty()) rule.wrong("at", "is missing");
    }
  }
  if (const auto* table = root.table("headline")) {
    TableReader reader(*table, "headline.", root.faults());
    out.headline_code = reader.paths("code", out.kind, true);
    out.headline_text = reader.paths("text", out.kind);
  }
}

void read_errors(TableReader& root, Description& out) {
  for (const auto* one : root.tables("errors")) {
    TableReader reader(*one, "errors.", root.faults());
    ErrorRule rule;
    rule.statuses = reader.integers("status", 100, 599);
    rule.when = condition_of(reader, out.kind);
    rule.kind = kTroubleOf[reader.one_of("kind", kTroubles)];
    if (!one->contains("kind")) reader.wrong("kind", "is missing: one of not_found, bad_request, auth, rate_limited, service");
    rule.detail = reader.paths("detail", out.kind);
    rule.of_record = reader.one_of("of", {"reply", "record"}) == 1;
    if (const auto* kinds = reader.table("kinds")) {
      TableReader words(*kinds, "errors.kinds.", root.faults());
      for (const auto& [value, node] : *kinds) {
        const std::string name(value.str());
        rule.kinds[name] = kTroubleOf[words.one_of(name, kTroubles)];
      }
    }
    if (rule.when.at.empty() && rule.statuses.empty()) reader.wrong("at", "or `status` must say what is looked at");
    out.errors.push_back(std::move(rule));
  }
}

template <class Value, std::size_t size>
std::vector<std::string> words_in(const domain::Word<Value> (&table)[size]) {
  std::vector<std::string> out;
  for (const auto& row : table) {
    if (*row.text != '\0') out.emplace_back(row.text);
  }
  return out;
}

Meaning meaning_from(TableReader& reader, const std::string& status_key) {
  Meaning out;
  const auto status = reader.text(status_key, true);
  auto known = words_in(domain::kTrackingStatuses);
  std::erase_if(known, [](const auto& word) { return word == "unknown" || word == "expired"; });
  if (std::ranges::find(known, status) != known.end())
    out.status = *domain::parse_tracking_status(status);
  else
    reader.wrong(status_key, "'" + status + "' is no status that a carrier can tell" + did_you_mean_word(status, known));
  return out;
}

void read_meanings(TableReader& root, const std::string& key, std::map<std::string, Meaning, std::less<>>& out) {
  const auto* table = root.table(key);
  if (table == nullptr) return;
  TableReader words(*table, key + ".", root.faults());
  for (const auto& [code, node] : *table) {
    const std::string name(code.str());
    const auto* detailed = node.as_table();
    if (detailed == nullptr) {
      out[name] = meaning_from(words, name);
      continue;
    }
    words.find(name);
    TableReader reader(*detailed, key + "." + name + ".", root.faults());
    auto meaning = meaning_from(reader, "status");
    const auto reason = reader.text("reason");
    const auto found = domain::parse_tracking_reason(reason);
    if (!found) reader.wrong("reason", "'" + reason + "' is no reason" + did_you_mean_word(reason, words_in(domain::kTrackingReasons)));
    meaning.reason = found.value_or(domain::TrackingReason::none);
    meaning.sub_code = reader.text("sub_code");
    meaning.physical = reader.flag("physical", true);
    out[name] = meaning;
  }
}

void read_countries(TableReader& root, Description& out) {
  const auto* table = root.table("countries");
  if (table == nullptr) return;
  TableReader reader(*table, "countries.", root.faults());
  for (const auto& [name, node] : *table) {
    const std::string key(name.str());
    const auto code = reader.text(key);
    if (!is_country(code)) reader.wrong(key, "must be two letters of ISO 3166-1");
    out.countries[key] = code;
  }
}

void read_file(const toml::table& table, Description& out, FileFaults& faults) {
  TableReader root(table, "", faults);
  out.name = root.text("name", true);
  const bool plain = !out.name.empty() && out.name.size() <= 32 &&
                     out.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (!plain) root.wrong("name", "must be small letters, digits and '_', 32 at most: it stands in URLs and settings");
  out.title = root.text("title", true);
  out.base_url = root.text("base_url", true);
  if (!is_absolute(out.base_url)) root.wrong("base_url", "must begin with https:// (or http://)");
  out.numbers = root.texts("numbers");
  for (const auto& shape : out.numbers) {
    if (!is_shape(shape)) root.wrong("numbers", "'" + shape + "' is no shape: # a digit, @ a letter, * either, {n} or {n,m} repeats");
  }
  out.capabilities.numbers_per_call = static_cast<int>(root.integer("numbers_per_call", 1, 1, 1000));
  out.capabilities.calls_per_minute = static_cast<int>(root.integer("calls_per_minute", 0, 0, 1'000'000));
  read_auth(root, out);
  read_request(root, out);
  read_reply_rules(root, out);
  read_events(root, out);
  read_errors(root, out);
  read_meanings(root, "codes", out.codes);
  read_meanings(root, "texts", out.texts);
  read_meanings(root, "headline_codes", out.headline_codes);
  read_countries(root, out);
}
}  // namespace

Result<Description> read_description(std::string_view toml_text, const std::string& file) {
  Description out;
  FileFaults faults{file, {}};
  try {
    const toml::table table = toml::parse(toml_text);
    read_file(table, out, faults);
  } catch (const toml::parse_error& broken) {
    faults.add(broken.source(), "not_toml", std::string(broken.description()));
  }
  if (faults.all.empty()) return out;
  // By line: the file's name is the same in all.
  std::ranges::stable_sort(faults.all, {}, [](const Fault& one) { return std::pair(one.pointer.size(), one.pointer); });
  std::string message = "a carrier's file cannot be used; correct what is listed";
  for (const auto& fault : faults.all) message += "\n  " + fault.pointer + ": " + fault.detail;
  return Error{ErrorKind::invalid, "bad_carrier_file", message, faults.all};
}

}  // namespace roundtrip::carriers::custom
