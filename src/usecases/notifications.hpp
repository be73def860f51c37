// Telling customers: the facts are read when a message is sent, not when it was queued.
//
// At least once, told once: the state `sending` and the Message-ID are committed before the mail leaves; a
// crash between the server's yes and our commit sends the same mail again under the same Message-ID, and a mail
// program or server that knows the ID drops the copy.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/config.hpp"
#include "base/result.hpp"
#include "clients/mail.hpp"
#include "domain/notifications.hpp"
#include "messages/messages.hpp"
#include "messages/mime.hpp"
#include "usecases/context.hpp"
#include "usecases/jobs.hpp"
#include "usecases/links.hpp"
#include "usecases/orders.hpp"

namespace roundtrip::usecases {

// The label of a return as a file to attach; nothing: the link alone must do.
using ReturnLabelFile = std::function<std::optional<messages::Attachment>(const Context&, ReturnId)>;

// What mails are made and sent with. The references must outlive their users.
struct MailRoom {
  clients::MailSender& sender;
  const Links& links;
  messages::Mailbox from;  // its name is replaced by the merchant's
  ReturnLabelFile label = {};
};

inline constexpr std::int64_t kMailPatience = 2 * kDay;

struct Delivery {
  enum class Kind {
    sent,
    superseded,  // not told: no longer true, told by another message, nobody to tell; the row says why
    wait,        // the next hop is not there: try again later, however often
    retry,       // not there for kMailPatience already: what attempts are left
    dead,        // refused for good, or an address that no mail can go to
  };
  Kind kind = Kind::sent;
  std::string why;
};
// Tells one queued message, now, if it is still true. For `sent` and `superseded` the job is finished in the
// same transaction. The two transactions hold no lock while the mail is under way.
Delivery deliver_notification(const Context& context, const MailRoom& room, const Job& job);
// The row of a message whose job was given up.
void bury_notification(const Context& context, NotificationId id, const std::string& why);
// By a person: a dead message is queued again. Refuses (conflict) one that is not dead.
Done revive_notification(const Context& context, NotificationId id);

// The facts of a message from the order as it is. Pure; for the sender, tests and previews.
domain::OrderNow order_now(const OrderView& order);
messages::Facts facts_of(const OrderView& order, const domain::MessagePlan& plan, Instant now);

// Where mails go by the [mail] settings: an SMTP server, or the folder when there is none.
std::unique_ptr<clients::MailSender> make_mail_sender(const Config& config);
// The [mail] sender's mailbox; a setting that is no mailbox throws std::invalid_argument.
messages::Mailbox sender_mailbox(const Config& config);

}  // namespace roundtrip::usecases
