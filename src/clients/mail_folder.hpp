// Mail into a folder: one .eml file each, for installations without an SMTP server.
#pragma once
#include <string>

#include "clients/mail.hpp"

namespace roundtrip::clients {

// Writes <folder>/<name>.eml at once or not at all: a reader never sees half a mail, a retry replaces the same file.
class MailFolder : public MailSender {
 public:
  // Makes the folder when it is missing.
  explicit MailFolder(std::string folder);
  MailOutcome send(const OutgoingMail& mail) override;

 private:
  std::string folder_;
};

}  // namespace roundtrip::clients
