// Facts -> the model of one layout -> text and HTML. The layout is config/templates, the words config/messages.
#include "messages/messages.hpp"

#include <algorithm>
#include <cmath>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "messages/catalogue.hpp"
#include "messages/locale.hpp"

namespace roundtrip::messages {
namespace {

using Json = nlohmann::ordered_json;
using domain::Milestone;
using kainjow::mustache::data;

constexpr const char* kDefaultColor = "#1f6f54";

struct Row {
  std::string label, value, href;
};
struct Group {
  std::string title;
  std::vector<Item> items;
};

bool is_color(const std::string& text) {
  return text.size() == 7 && text[0] == '#' && text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string::npos;
}

// WCAG 2 relative luminance.
double luminance(const std::string& color) {
  const auto channel = [&](std::size_t at) {
    const double value = std::stoi(color.substr(at, 2), nullptr, 16) / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

bool is_web_link(const std::string& url) { return url.starts_with("https://") || url.starts_with("http://"); }

// One line for headers and previews: control characters become blanks.
std::string one_line(std::string words) {
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return words;
}

// What people wrote, with its lines: other control characters become blanks.
std::string with_lines(std::string words) {
  std::erase(words, '\r');
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return (c < 0x20 && c != '\n') || c == 0x7f; }, ' ');
  return words;
}

std::int64_t pieces(const std::vector<Item>& items) {
  std::int64_t sum = 0;
  for (const Item& item : items) sum += item.quantity;
  return sum;
}

// What the mail counts: the parcels' items, else the facts' own.
std::int64_t pieces_told(const Facts& facts) {
  if (facts.parcels.empty() || facts.milestone == Milestone::claim_sent_back) return pieces(facts.items);
  std::int64_t sum = 0;
  for (const ParcelFacts& parcel : facts.parcels) sum += pieces(parcel.items);
  return sum;
}

std::string section_of(const Facts& facts) {
  if (facts.milestone == Milestone::order_canceled && !facts.all_canceled) return "mail.order_partly_canceled.";
  if (facts.milestone == Milestone::delivery_failed) {
    if (facts.parcel_status == "lost") return "mail.parcel_lost.";
    if (facts.parcel_status == "return_to_sender" || facts.parcel_status == "returned") return "mail.parcel_returning.";
  }
  if (facts.milestone == Milestone::refund_paid && !facts.voucher_code.empty()) return "mail.refund_credited.";
  if (facts.milestone == Milestone::claim_accepted && facts.claim_outcome == "replace") return "mail.claim_replaced.";
  return "mail." + std::string(domain::to_text(facts.milestone)) + ".";
}

std::optional<Instant> expected_of(const Facts& facts) {
  if (facts.expected_at) return facts.expected_at;
  for (const ParcelFacts& parcel : facts.parcels) {
    if (parcel.expected_at) return parcel.expected_at;
  }
  return std::nullopt;
}

Args args_of(const Facts& facts) {
  Args args = {{"order", facts.order_number}, {"name", facts.customer_name}, {"brand", facts.brand.name},
               {"return", facts.return_code}, {"claim", facts.claim_number}, {"replacement", facts.replacement_number},
               {"count", pieces_told(facts)}};
  if (facts.amount) args.emplace_back("amount", format_money(facts.locale, *facts.amount));
  if (const auto date = expected_of(facts)) args.emplace_back("date", format_time(facts.locale, facts.time_zone, *date, TimeStyle::day));
  return args;
}

std::string lead_of(const Facts& facts, const Args& args) {
  const std::string section = section_of(facts);
  const auto lead = [&](const char* key) { return text(facts.locale, section + key, args); };
  if (facts.milestone == Milestone::delayed && !expected_of(facts)) return lead("lead_no_date");
  if (facts.milestone == Milestone::return_approved && facts.label_attached) return lead("lead_attached");
  if (facts.milestone == Milestone::return_received && facts.amount) return lead("lead_amount");
  return lead("lead");
}

// The facts table of one mail, only what the milestone is about.
class Rows {
 public:
  explicit Rows(const Facts& facts) : facts_(facts) {}
  void add(const char* key, const std::string& value) {
    if (!value.empty()) rows_.push_back({text(facts_.locale, std::string("mail.row.") + key), value, ""});
  }
  void add(const char* key, const std::optional<Instant>& at, TimeStyle style) {
    if (at) add(key, format_time(facts_.locale, facts_.time_zone, *at, style));
  }
  void add(const char* key, const std::optional<domain::Money>& money) {
    if (money) add(key, format_money(facts_.locale, *money));
  }
  void add_reason() {
    const std::string key = "reason." + facts_.reason;
    if (!facts_.reason.empty() && has_text(key)) add("reason", text(facts_.locale, key));
  }
  void add_claim() {
    add("claim", facts_.claim_number);
    const std::string key = "claim." + facts_.claim_kind;
    if (has_text(key)) add("reason", text(facts_.locale, key));
    add("replacement", facts_.replacement_number);
  }
  void add_parcels() {
    for (const ParcelFacts& parcel : facts_.parcels) {
      add("carrier", parcel.carrier);
      add("tracking_number", parcel.tracking_number);
    }
  }
  std::vector<Row> take() { return std::move(rows_); }

 private:
  const Facts& facts_;
  std::vector<Row> rows_;
};

// What mails about exchanges and claims say in their table.
void add_case_rows(Rows& rows, const Facts& facts) {
  if (facts.milestone <= Milestone::exchange_canceled) {
    rows.add("return", facts.return_code);
    rows.add("replacement", facts.replacement_number);
    if (facts.milestone == Milestone::exchange_payment_due) rows.add("to_pay", facts.amount);
    if (facts.milestone == Milestone::exchange_reserved) rows.add("refund", facts.amount);
    return;
  }
  rows.add_claim();
  if (facts.milestone == Milestone::claim_in_repair) rows.add("repaired_by", facts.expected_at, TimeStyle::day);
  if (facts.milestone == Milestone::claim_sent_back) rows.add_parcels();
}

std::vector<Row> rows_of(const Facts& facts) {
  Rows rows(facts);
  switch (facts.milestone) {
    case Milestone::order_received:
      rows.add("expected", expected_of(facts), TimeStyle::day);
      rows.add("total", facts.total);
      break;
    case Milestone::never_collected:
      rows.add_parcels();
      break;
    case Milestone::partly_shipped:
    case Milestone::shipped:
    case Milestone::out_for_delivery:
      if (facts.milestone != Milestone::out_for_delivery) rows.add("expected", expected_of(facts), TimeStyle::day);
      rows.add_parcels();
      break;
    case Milestone::delivered:
      rows.add("delivered", facts.happened_at, TimeStyle::day_time);
      rows.add_parcels();
      break;
    case Milestone::delivery_failed:
    case Milestone::delayed:
      if (facts.milestone == Milestone::delayed) rows.add("new_date", expected_of(facts), TimeStyle::day);
      rows.add_reason();
      rows.add_parcels();
      break;
    case Milestone::return_approved:
    case Milestone::label_expires:
      rows.add("return", facts.return_code);
      rows.add("label_until", facts.label_expires_at, TimeStyle::date);
      break;
    case Milestone::return_received:
      rows.add("return", facts.return_code);
      rows.add("received", facts.happened_at, TimeStyle::day_time);
      rows.add("refund", facts.amount);
      break;
    case Milestone::refund_paid:
      rows.add(facts.voucher_code.empty() ? "refund" : "credit", facts.amount);
      rows.add("voucher", facts.voucher_code);
      rows.add("voucher_until", facts.voucher_expires_at, TimeStyle::date);
      rows.add("paid", facts.happened_at, TimeStyle::day);
      break;
    default:
      add_case_rows(rows, facts);
      break;
  }
  return rows.take();
}

std::vector<Group> groups_of(const Facts& facts) {
  std::vector<Group> groups;
  const auto title = [&](const char* key, const Args& args = {}) { return text(facts.locale, std::string("mail.") + key, args); };
  const auto count = static_cast<std::int64_t>(facts.parcels.size());
  for (std::int64_t i = 0; i < count; ++i) {
    groups.push_back({count == 1 ? title("in_parcel") : title("in_parcel_of", {{"number", i + 1}, {"count", count}}),
                      facts.parcels[static_cast<std::size_t>(i)].items});
  }
  if (facts.milestone == Milestone::partly_shipped) groups.push_back({title("still_to_come"), facts.still_to_come});
  if (facts.milestone >= Milestone::exchange_reserved) {
    const bool exchange = facts.milestone <= Milestone::exchange_canceled;
    groups = {{title(exchange ? "exchange_items" : "claim_items"), facts.items}};
  } else if (count == 0) {
    const bool is_return = facts.milestone == Milestone::return_approved || facts.milestone == Milestone::return_received ||
                           facts.milestone == Milestone::label_expires;
    const char* key = is_return ? "return_items" : facts.milestone == Milestone::order_canceled ? "canceled_items" : "ordered";
    groups.push_back({title(key), facts.items});
  }
  std::erase_if(groups, [](const Group& group) { return group.items.empty(); });
  return groups;
}

// How far the parcel or the return is: the rail's words and how many are reached.
std::pair<std::vector<const char*>, std::size_t> steps_of(const Facts& facts) {
  const std::vector<const char*> out = {"ordered", "shipped", "out_for_delivery", "delivered"};
  const std::vector<const char*> back = {"return_approved", "return_received", "refund_paid"};
  switch (facts.milestone) {
    case Milestone::order_received:
      return {out, 1};
    case Milestone::partly_shipped:
    case Milestone::shipped:
    case Milestone::delayed:
    case Milestone::never_collected:
      return {out, 2};
    case Milestone::out_for_delivery:
      return {out, 3};
    case Milestone::delivery_failed:
      if (section_of(facts) != "mail.delivery_failed.") return {{}, 0};  // it does not come any more
      return {out, 3};
    case Milestone::delivered:
      return {out, 4};
    case Milestone::return_approved:
    case Milestone::label_expires:
      return {back, 1};
    case Milestone::return_received:
      return {back, 2};
    case Milestone::order_canceled:
    case Milestone::message_answered:
    case Milestone::link_requested:
    case Milestone::withdrawal_received:
    case Milestone::refund_paid:
    case Milestone::exchange_reserved:
    case Milestone::exchange_payment_due:
    case Milestone::exchange_released:
    case Milestone::exchange_canceled:
    case Milestone::claim_opened:
    case Milestone::claim_goods_wanted:
    case Milestone::claim_accepted:
    case Milestone::claim_rejected:
    case Milestone::claim_in_repair:
    case Milestone::claim_sent_back:
    case Milestone::pickup_failed:
      return {{}, 0};
  }
  return {{}, 0};
}

std::vector<Row> contact_of(const Facts& facts) {
  std::vector<Row> rows;
  const auto add = [&](const char* key, const std::string& value, const std::string& href) {
    if (!value.empty()) rows.push_back({text(facts.locale, std::string("mail.") + key), value, href});
  };
  std::string digits;
  for (const char c : facts.brand.phone) {
    if ((c >= '0' && c <= '9') || c == '+') digits += c;
  }
  add("contact_phone", facts.brand.phone, digits.empty() ? "" : "tel:" + digits);
  add("contact_mail", facts.brand.email, facts.brand.email.empty() ? "" : "mailto:" + facts.brand.email);
  add("contact_hours", facts.brand.hours, "");
  return rows;
}

data to_data(const std::vector<Row>& rows) {
  data list(data::type::list);
  for (const Row& row : rows) {
    data one;
    one.set("label", one_line(row.label));
    one.set("value", one_line(row.value));
    one.set("href", row.href.empty() ? data(false) : data(row.href));
    list << one;
  }
  return list;
}

data to_data(const std::vector<Group>& groups, const std::string& locale) {
  data list(data::type::list);
  for (const Group& group : groups) {
    data items(data::type::list);
    for (const Item& item : group.items) {
      data one;
      const std::string name = one_line(item.description.empty() ? item.sku : item.description);
      one.set("description", name);
      one.set("sku", item.sku.empty() || name == item.sku ? data(false) : data(one_line(item.sku)));
      one.set("quantity", format_number(locale, item.quantity));
      one.set("image", item.image_url.starts_with("https://") ? data(item.image_url) : data(false));
      items << one;
    }
    data one;
    one.set("title", one_line(group.title));
    one.set("items", items);
    list << one;
  }
  return list;
}

data steps_data(const Facts& facts) {
  const auto [names, reached] = steps_of(facts);
  data list(data::type::list);
  for (std::size_t i = 0; i < names.size(); ++i) {
    data one;
    one.set("label", text(facts.locale, std::string("mail.step.") + names[i]));
    one.set("reached", data(i < reached));
    one.set("now", data(i + 1 == reached));
    list << one;
  }
  return list;
}

Json order_ld(const Facts& facts) {
  return {{"@type", "Order"}, {"orderNumber", facts.order_number}, {"merchant", {{"@type", "Organization"}, {"name", facts.brand.name}}}};
}

Json parcel_ld(const Facts& facts, const ParcelFacts& parcel) {
  Json one = {{"@context", "http://schema.org"}, {"@type", "ParcelDelivery"}};
  one["deliveryAddress"] = {{"@type", "PostalAddress"},
                            {"name", facts.ship_to.name},
                            {"streetAddress", facts.ship_to.street},
                            {"addressLocality", facts.ship_to.city},
                            {"addressRegion", facts.ship_to.region},
                            {"postalCode", facts.ship_to.postal_code},
                            {"addressCountry", facts.ship_to.country}};
  const auto expected = facts.expected_at ? facts.expected_at : parcel.expected_at;
  if (expected) one["expectedArrivalUntil"] = format_rfc3339(*expected);
  one["carrier"] = {{"@type", "Organization"}, {"name", parcel.carrier}};
  one["trackingNumber"] = parcel.tracking_number;
  if (is_web_link(facts.link)) one["trackingUrl"] = facts.link;
  Json items = Json::array();
  for (const Item& item : parcel.items) {
    items.push_back({{"@type", "Product"}, {"name", item.description.empty() ? item.sku : item.description}, {"sku", item.sku}});
  }
  one["itemShipped"] = items;
  one["partOfOrder"] = order_ld(facts);
  return one;
}

// JSON for a script element: ASCII only, and no '<', '>' or '&' that could end it. Empty: nothing to say.
std::string json_ld(const Facts& facts) {
  Json all = Json::array();
  for (const ParcelFacts& parcel : facts.parcels) {
    if (!parcel.items.empty()) all.push_back(parcel_ld(facts, parcel));
  }
  if (all.empty()) return "";
  const std::string raw = (all.size() == 1 ? all[0] : all).dump(-1, ' ', true, Json::error_handler_t::replace);
  std::string safe;
  for (const char c : raw) {
    switch (c) {
      case '<':
        safe += "\\u003c";
        break;
      case '>':
        safe += "\\u003e";
        break;
      case '&':
        safe += "\\u0026";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

data model_of(const Facts& facts) {
  const Args args = args_of(facts);
  const std::string section = section_of(facts);
  const auto words = [&](const std::string& key) { return one_line(text(facts.locale, key, args)); };
  const std::string color = is_color(facts.brand.color) ? facts.brand.color : kDefaultColor;
  const auto rows = rows_of(facts);
  const auto contact = contact_of(facts);
  const auto ld = json_ld(facts);
  data model;
  model.set("lang", match_locale(facts.locale));
  model.set("subject", words(section + "subject"));
  model.set("brand", one_line(facts.brand.name));
  model.set("color", color);
  model.set("on_color", readable_on(color));
  model.set("order_label", words("mail.order_label"));
  model.set("headline", words(section + "headline"));
  model.set("greeting", words(facts.customer_name.empty() ? "mail.greeting_nameless" : "mail.greeting"));
  model.set("lead", one_line(lead_of(facts, args)));
  model.set("preheader", one_line(lead_of(facts, args)));
  model.set("steps", steps_data(facts));
  model.set("has_steps", data(!steps_of(facts).first.empty()));
  model.set("rows", to_data(rows));
  model.set("has_rows", data(!rows.empty()));
  model.set("groups", to_data(groups_of(facts), facts.locale));
  if (is_web_link(facts.link)) {
    data button;
    button.set("label", words(section + "button"));
    button.set("url", facts.link);
    model.set("button", button);
  }
  model.set("answer", facts.answer.empty() ? data(false) : data(with_lines(facts.answer)));
  model.set("question", facts.question.empty() ? data(false) : data(with_lines(facts.question)));
  model.set("receipt", facts.receipt.empty() ? data(false) : data(with_lines(facts.receipt)));
  if (is_web_link(facts.withdraw_link)) {
    data withdraw;
    withdraw.set("label", words("page.withdraw.here"));
    withdraw.set("url", facts.withdraw_link);
    model.set("withdraw", withdraw);
  }
  model.set("you_wrote", words("mail.you_wrote"));
  model.set("closing", words(has_text(section + "closing") ? section + "closing" : "mail.closing"));
  model.set("contact_title", words(contact.empty() ? "mail.contact_title_reply" : "mail.contact_title"));
  model.set("contact", to_data(contact));
  model.set("why", words(has_text(section + "why") ? section + "why" : "mail.why"));
  model.set("json_ld", ld.empty() ? data(false) : data(ld));
  return model;
}

std::string render_template(std::string_view name, const data& model, bool escaped) {
  kainjow::mustache::mustache layout{std::string(template_text(name))};
  if (!layout.is_valid()) throw std::logic_error(std::string(name) + ": " + layout.error_message());
  if (!escaped) layout.set_custom_escape([](const std::string& words) { return words; });
  return layout.render(model);
}

// At most one empty line in a row: sections that say nothing leave theirs behind.
std::string without_gaps(std::string words) {
  for (auto at = words.find("\n\n\n"); at != std::string::npos; at = words.find("\n\n\n", at)) words.erase(at, 1);
  return words;
}

}  // namespace

std::string readable_on(const std::string& color) {
  if (!is_color(color)) return "#ffffff";
  const double light = luminance(color);
  const double with_white = 1.05 / (light + 0.05);
  const double with_ink = (light + 0.05) / (luminance("#1b1b1b") + 0.05);
  return with_white >= with_ink ? "#ffffff" : "#1b1b1b";
}

Message compose(const Facts& facts) {
  const data model = model_of(facts);
  return {model.get("subject")->string_value(), without_gaps(render_template("mail.txt.mustache", model, false)),
          render_template("mail.html.mustache", model, true)};
}

}  // namespace roundtrip::messages
