// Facts of a withdrawal -> the words of its receipt.
#include "messages/receipt.hpp"

#include <algorithm>

#include "messages/locale.hpp"

namespace roundtrip::messages {
namespace {
std::string in_one_line(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}
}  // namespace

std::string withdrawal_receipt(const WithdrawalReceipt& facts) {
  const auto say = [&](const char* key, const Args& args = {}) { return text(facts.locale, std::string("receipt.") + key, args); };
  const auto row = [&](const char* key, const std::string& value) {
    return value.empty() ? "" : say(key) + ": " + in_one_line(value) + "\n";
  };
  const auto time = [&](Instant at, TimeStyle style) { return format_time(facts.locale, facts.time_zone, at, style); };
  std::string out = say("title") + "\n\n";
  out += row("shop", facts.shop) + row("order", facts.order_number) + row("ordered", time(facts.ordered_at, TimeStyle::date));
  out += row("name", facts.customer_name);
  out += row("received", time(facts.received_at, TimeStyle::second) + " (" + format_rfc3339(facts.received_at) + ")");
  out += "\n" + say("declared") + "\n\n";
  for (const Item& item : facts.items) {
    const std::string name = in_one_line(item.description.empty() ? item.sku : item.description);
    out += "  " + format_number(facts.locale, item.quantity) + " × " + name + (name == item.sku ? "" : " (" + in_one_line(item.sku) + ")") +
           "\n";
  }
  out += "\n" + say("refund", {{"amount", format_money(facts.locale, facts.amount)},
                               {"date", format_time(facts.locale, facts.time_zone, facts.refund_due_at, TimeStyle::date)}});
  if (facts.goods_to_send) out += "\n" + say("send_back");
  return out + "\n";
}

}  // namespace roundtrip::messages
