// How a finished mail leaves the house: over SMTP, or into a folder.
#pragma once
#include <string>

namespace roundtrip::clients {

// Bytes with their envelope. Addresses are plain ASCII addr-specs, checked by who made the mail.
struct OutgoingMail {
  std::string name;  // of this mail, file-name safe; the same for every try
  std::string from, to;
  std::string bytes;
};

struct MailOutcome {
  enum class Kind {
    sent,       // the next server has taken responsibility
    temporary,  // try again; after a lost answer the mail may have been taken, so its Message-ID must be the same
    refused,    // permanently, for this mail or recipient: trying again is pointless
  };
  Kind kind = Kind::temporary;
  std::string reply;  // the server's last words or what went wrong; one line
};

// Thread-safe. Never throws for what the other side does.
class MailSender {
 public:
  virtual ~MailSender() = default;
  virtual MailOutcome send(const OutgoingMail& mail) = 0;
};

}  // namespace roundtrip::clients
