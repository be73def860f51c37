// Sending one message: read, decide and mark, call, record.
#include "usecases/notifications.hpp"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "base/secrets.hpp"
#include "clients/mail_folder.hpp"
#include "clients/smtp.hpp"
#include "messages/locale.hpp"
#include "store/customer.hpp"
#include "store/merchants.hpp"
#include "store/notifications.hpp"
#include "store/timeline.hpp"
#include "usecases/vouchers.hpp"
#include "usecases/withdrawals.hpp"

namespace roundtrip::usecases {
namespace {

using domain::Milestone;
using domain::NotificationState;

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

domain::WaitingMessage waiting_of(const store::NotificationRow& row) { return {row.id, row.milestone, words_of(row.about)}; }

bool is_over(NotificationState state) { return state != NotificationState::queued && state != NotificationState::sending; }

bool leads_to_return(Milestone milestone) {
  return milestone == Milestone::return_approved || milestone == Milestone::return_received || milestone == Milestone::refund_paid ||
         milestone == Milestone::label_expires || milestone == Milestone::withdrawal_received || milestone >= Milestone::exchange_reserved;
}

// The mail about goods that are to be sent in leads to their label instead.
bool leads_to_claims(Milestone milestone) {
  return milestone >= Milestone::claim_opened && milestone <= Milestone::claim_sent_back && milestone != Milestone::claim_goods_wanted;
}

// The same for every try of a message, and other than that of another installation with the same numbers.
std::string stable_message_id(const Context& context, const store::NotificationRow& row, const messages::Mailbox& from) {
  const std::string tag = sha256_hex(row.semantic_key + "\n" + std::to_string(row.created_at.us)).substr(0, 12);
  return messages::message_id(context.merchant, row.id, tag, from.address);
}

// What one delivery works with, read before any lock is taken.
struct Case {
  store::NotificationRow row;
  store::MerchantRow merchant;
  OrderView order;
  std::string question, answer;  // message_answered
  std::string receipt;           // withdrawal_received
  bool may_withdraw = false;     // from the contract, still
};

// "message 7" -> what was asked and answered.
void read_conversation(store::Queryable& db, const Context& context, Case& found) {
  const auto about = words_of(found.row.about);
  if (found.row.milestone != Milestone::message_answered || about.size() != 2) return;
  const auto asked = store::message_by_id(db, context.merchant, std::atoll(about.back().c_str()));
  if (!asked || asked->order != found.row.order) return;
  found.question = asked->body;
  found.answer = asked->answer;
}

void read_receipt(store::Queryable& db, const Context& context, Case& found) {
  if (found.row.milestone != Milestone::withdrawal_received) return;
  const auto id = parse_id<WithdrawalId>(found.row.about);
  const auto given = id ? store::find_withdrawal(db, context.merchant, *id) : std::nullopt;
  if (given && given->order == found.row.order) found.receipt = given->receipt;
}

std::optional<Case> read_case(const Context& context, NotificationId id) {
  Case found;
  {
    store::Session session(context.db);
    auto row = store::notification_to_send(session, context.merchant, id);
    if (!row || is_over(row->state)) return std::nullopt;
    auto merchant = store::merchant_by_id(session, context.merchant);
    if (!merchant) return std::nullopt;
    found.row = std::move(*row);
    found.merchant = std::move(*merchant);
    read_conversation(session, context, found);
    read_receipt(session, context, found);
  }
  auto order = read_order(context, found.row.order);
  if (!order) throw std::runtime_error(order.error().code);
  found.order = *std::move(order);
  if (domain::is_for_shop(found.row.milestone)) {
    const auto& shop = found.merchant;
    found.order.customer = {};
    found.order.customer.name = shop.name;
    found.order.customer.email = shop.contact_email;
    found.order.customer.locale = shop.default_locale;
    found.order.customer.time_zone = shop.time_zone;
  }
  const auto choice = withdrawal_choice(context, found.row.order);
  found.may_withdraw = choice.period.open && !choice.lines.empty();
  if (found.order.customer.locale.empty()) found.order.customer.locale = found.merchant.default_locale;
  return found;
}

// What was decided and committed before the mail leaves. Nothing: told already, by this or another message.
struct Decided {
  domain::MessagePlan plan;
  std::string recipient, message_id;
  bool unreachable = false;  // there is an address, and no mail can go to it
};

// Locks the order's waiting messages, decides what is told, and commits it.
std::optional<Decided> decide(const Context& context, const MailRoom& room, const Case& found, const Job& job) {
  store::Transaction tx(context.db);
  const auto rows = store::lock_waiting_notifications(tx, context.merchant, found.row.order, found.row.id);
  std::vector<domain::WaitingMessage> others;
  bool waiting = false;
  for (const auto& row : rows) {
    if (row.id == found.row.id) {
      waiting = !is_over(row.state);
    } else if (row.state == NotificationState::queued) {
      others.push_back(waiting_of(row));
    }
  }
  Decided decided;
  decided.plan.why = "told already";
  if (waiting) decided.plan = domain::plan_message(waiting_of(found.row), others, order_now(found.order));
  const std::string& email = found.order.customer.email;
  if (decided.plan.tell && email.empty()) {
    decided.plan.tell = false;
    decided.plan.why = "no_address";
  }
  if (!decided.plan.tell) {
    store::mark_superseded(tx, context.merchant, {found.row.id}, decided.plan.why);
    store::finish_job(tx, job);
    tx.commit();
    return decided;
  }
  const auto address = messages::ascii_address(email);
  decided.unreachable = !address;
  decided.recipient = address.value_or(email);
  decided.message_id = stable_message_id(context, found.row, room.from);
  store::mark_sending(tx, context.merchant,
                      {found.row.id, decided.plan.milestone, joined(decided.plan.about), decided.recipient,
                       messages::match_locale(found.order.customer.locale), decided.message_id});
  store::mark_superseded(tx, context.merchant, decided.plan.merged, "told by " + to_text(found.row.id));
  tx.commit();
  return decided;
}

// A refund to store credit tells the voucher's code; it is made again here and kept nowhere.
void add_voucher(messages::Facts& facts, const Context& context, const OrderView& order, const std::vector<std::string>& about) {
  for (const RefundView& refund : order.refunds) {
    if (refund.destination != "store_credit" || about.empty() || to_text(refund.id) != about.front()) continue;
    const auto voucher = voucher_of_refund(context, order.id, refund.return_id);
    if (!voucher) return;
    facts.voucher_code = voucher->code;
    facts.voucher_expires_at = voucher->expires_at;
  }
}

messages::Mail mail_of(const Context& context, const MailRoom& room, const Case& found, const Decided& decided, messages::Message& words) {
  auto facts = facts_of(found.order, decided.plan, context.now);
  facts.brand = {found.merchant.name, found.merchant.color, found.merchant.contact_phone, found.merchant.contact_email,
                 found.merchant.contact_hours};
  facts.question = found.question;
  if (!found.answer.empty()) facts.answer = found.answer;
  facts.receipt = found.receipt;
  const LinkTarget target{context.merchant, found.order.id, found.order.link_generation};
  facts.link = room.links.url(leads_to_return(facts.milestone) ? LinkKind::returns : LinkKind::tracking, target, context.now);
  if (leads_to_claims(facts.milestone)) facts.link += "/claim";
  if (facts.milestone == domain::Milestone::message_answered) {
    facts.link = room.links.public_url() + "/contact/" + room.links.token(LinkKind::tracking, target, context.now);
  }
  if (found.may_withdraw && !domain::is_for_shop(facts.milestone))
    facts.withdraw_link = room.links.url(LinkKind::withdrawal, target, context.now);
  if (domain::is_for_shop(facts.milestone)) facts.link = room.links.public_url() + "/desk/orders/" + to_text(found.order.id);
  messages::Mail mail;
  if (facts.milestone == Milestone::return_approved && room.label) {
    const auto id = parse_id<ReturnId>(decided.plan.about.front());
    if (auto label = id ? room.label(context, *id) : std::nullopt) mail.attachments.push_back(std::move(*label));
  }
  if (facts.milestone == Milestone::refund_paid) add_voucher(facts, context, found.order, decided.plan.about);
  facts.label_attached = !mail.attachments.empty();
  if (!found.receipt.empty()) mail.attachments.push_back({decided.plan.about.front() + ".txt", "text/plain; charset=utf-8", found.receipt});
  words = messages::compose(facts);
  mail.from = {found.merchant.name, room.from.address};
  mail.to = {found.order.customer.name, decided.recipient};
  mail.reply_to = found.merchant.contact_email;
  mail.message_id = decided.message_id;
  mail.date = context.now;
  mail.subject = words.subject;
  mail.text = words.text;
  mail.html = words.html;
  return mail;
}

void record_sent(const Context& context, const Case& found, const Decided& decided, const messages::Message& words, const Job& job) {
  store::Transaction tx(context.db);
  auto head = store::lock_order(tx, context.merchant, found.row.order);
  store::mark_sent(tx, context.merchant, found.row.id, words.subject, words.text, context.now);
  if (head) {
    const nlohmann::ordered_json detail = {{"milestone", domain::to_text(decided.plan.milestone)},
                                           {"channel", "email"},
                                           {"about", joined(decided.plan.about)},
                                           {"title", words.subject}};
    store::append_timeline(tx, context.merchant, *head,
                           {"notification.sent", context.actor.channel, context.actor.name, to_text(found.row.id),
                            detail.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)},
                           context.now);
    store::save_head(tx, context.merchant, *head, context.now);
  }
  store::finish_job(tx, job);
  tx.commit();
}

}  // namespace

Delivery deliver_notification(const Context& context, const MailRoom& room, const Job& job) {
  const auto found = read_case(context, NotificationId{job.subject});
  if (!found) {
    finish_job(context.db, job);
    return {Delivery::Kind::superseded, "told already"};
  }
  const auto decided = decide(context, room, *found, job);
  if (!decided->plan.tell) return {Delivery::Kind::superseded, decided->plan.why};
  if (decided->unreachable) return {Delivery::Kind::dead, "invalid_address"};
  messages::Message words;
  const auto bytes = messages::build_mail(mail_of(context, room, *found, *decided, words));
  if (!bytes) return {Delivery::Kind::dead, bytes.error().code};
  const std::string name = to_text(context.merchant) + "-" + to_text(found->row.id);
  const auto outcome = room.sender.send({name, room.from.address, decided->recipient, *bytes});
  if (outcome.kind == clients::MailOutcome::Kind::refused) return {Delivery::Kind::dead, outcome.reply};
  if (outcome.kind == clients::MailOutcome::Kind::temporary) {
    store::Session session(context.db);
    store::mark_unsent(session, context.merchant, found->row.id, outcome.reply);
    const bool patient = context.now - found->row.created_at < kMailPatience;
    return {patient ? Delivery::Kind::wait : Delivery::Kind::retry, outcome.reply};
  }
  record_sent(context, *found, *decided, words, job);
  return {Delivery::Kind::sent, outcome.reply};
}

void bury_notification(const Context& context, NotificationId id, const std::string& why) {
  store::Session session(context.db);
  store::mark_dead(session, context.merchant, id, why);
}

Done revive_notification(const Context& context, NotificationId id) {
  store::Transaction tx(context.db);
  if (!store::revive_notification(tx, context.merchant, id, context.now)) {
    return Error{ErrorKind::conflict, "not_dead", "Only a message that was given up can be sent again. Reload the page to see its state."};
  }
  tx.commit();
  return done();
}

std::unique_ptr<clients::MailSender> make_mail_sender(const Config& config) {
  if (config.text("mail.smtp_url").empty()) return std::make_unique<clients::MailFolder>(config.text("mail.outbox_dir"));
  return std::make_unique<clients::SmtpSender>(clients::SmtpOptions{config.text("mail.smtp_url"), config.text("mail.user"),
                                                                    config.text("mail.password"),
                                                                    static_cast<int>(config.integer("mail.timeout_ms"))});
}

messages::Mailbox sender_mailbox(const Config& config) {
  const auto mailbox = messages::parse_mailbox(config.text("mail.from"));
  if (!mailbox) throw std::invalid_argument("mail.from is no mailbox; write it as \"Name <name@domain>\"");
  return *mailbox;
}

}  // namespace roundtrip::usecases
