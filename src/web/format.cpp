// Money, times and states for pages.
#include "web/format.hpp"

#include <cstdlib>

#include "messages/locale.hpp"

namespace roundtrip::web {
namespace {
std::string count_of(std::int64_t number, const char* unit) { return std::to_string(number) + " " + unit + (number == 1 ? "" : "s"); }

struct Tone {
  std::string_view state, tone, icon;
};
constexpr Tone kTones[] = {
    {"delivered", "ok", "✓"},
    {"succeeded", "ok", "✓"},
    {"accepted", "ok", "✓"},
    {"sent", "ok", "✓"},
    {"received", "ok", "✓"},
    {"closed", "ok", "✓"},
    {"restock", "ok", "✓"},
    {"label_bought", "ok", "✓"},
    {"manifest_made", "ok", "✓"},
    {"handed_over", "info", "→"},
    {"shipped", "info", "→"},
    {"partly_shipped", "info", "→"},
    {"in_transit", "info", "→"},
    {"out_for_delivery", "info", "→"},
    {"approved", "info", "→"},
    {"submitted", "info", "→"},
    {"available_for_pickup", "info", "→"},
    {"released", "info", "→"},
    {"in_repair", "info", "→"},
    {"awaiting_goods", "info", "…"},
    {"completed", "ok", "✓"},
    {"sent_back", "ok", "→"},
    {"opened", "warn", "…"},
    {"assessing", "warn", "…"},
    {"awaiting_payment", "warn", "!"},
    {"customer_owes", "bad", "!"},
    {"backordered", "warn", "!"},
    {"delayed", "warn", "!"},
    {"stalled", "warn", "!"},
    {"needs_person", "warn", "!"},
    {"in_doubt", "warn", "?"},
    {"exception", "warn", "!"},
    {"delivery_attempted", "warn", "!"},
    {"return_to_sender", "warn", "←"},
    {"partly_received", "warn", "←"},
    {"expired", "warn", "!"},
    {"unknown", "warn", "?"},
    {"held", "warn", "‖"},
    {"requested", "warn", "…"},
    {"label_wanted", "warn", "…"},
    {"manifest_wanted", "warn", "…"},
    {"failed", "bad", "✕"},
    {"label_failed", "bad", "✕"},
    {"label_void_failed", "bad", "✕"},
    {"manifest_failed", "bad", "✕"},
    {"denied", "bad", "✕"},
    {"reversed", "bad", "!"},
    {"dead", "bad", "✕"},
    {"bounced", "bad", "✕"},
    {"lost", "bad", "✕"},
    {"rejected", "bad", "✕"},
    {"declined", "bad", "✕"},
    {"refused", "bad", "✕"},
    {"returned", "info", "←"},
};
}  // namespace

std::string money_text(std::string_view locale, std::int64_t minor, const std::string& currency) {
  return messages::format_money(locale, {minor, {currency}});
}

std::string staff_time(std::string_view zone, Instant at, Instant now) {
  (void)now;
  return messages::format_time("en-GB", zone, at, messages::TimeStyle::date_time);
}

std::string staff_time(std::string_view zone, std::optional<Instant> at, Instant now) { return at ? staff_time(zone, *at, now) : ""; }

std::string relative_time(Instant at, Instant now) {
  const std::int64_t distance = std::llabs(at - now);
  if (distance < 45 * kSecond) return "now";
  std::string text;
  if (distance < 90 * kMinute)
    text = std::to_string((distance + kMinute / 2) / kMinute) + " min";
  else if (distance < 36 * kHour)
    text = std::to_string((distance + kHour / 2) / kHour) + " h";
  else
    text = count_of((distance + kDay / 2) / kDay, "day");
  return at > now ? "in " + text : text + " ago";
}

std::string words_of_code(std::string_view code) {
  std::string out(code);
  for (char& c : out) {
    if (c == '_' || c == '.') c = ' ';
  }
  if (!out.empty() && out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

Json state_pill(std::string_view state) {
  for (const auto& row : kTones) {
    if (row.state == state) return {{"text", words_of_code(state)}, {"tone", row.tone}, {"icon", row.icon}};
  }
  return {{"text", words_of_code(state)}, {"tone", ""}, {"icon", "•"}};
}

}  // namespace roundtrip::web
