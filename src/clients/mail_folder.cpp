// Mails as files, written beside their place and moved there.
#include "clients/mail_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "base/secrets.hpp"

namespace roundtrip::clients {
namespace {

// Writes and syncs; an error's text, empty when all went well.
std::string write_file(const std::string& path, const std::string& bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
  if (file < 0) return std::strerror(errno);
  std::string fault;
  for (std::size_t at = 0; at < bytes.size() && fault.empty();) {
    const ssize_t wrote = ::write(file, bytes.data() + at, bytes.size() - at);
    if (wrote > 0) {
      at += static_cast<std::size_t>(wrote);
    } else if (errno != EINTR) {
      fault = std::strerror(errno);
    }
  }
  if (fault.empty() && ::fdatasync(file) != 0) fault = std::strerror(errno);
  if (::close(file) != 0 && fault.empty()) fault = std::strerror(errno);
  return fault;
}

}  // namespace

MailFolder::MailFolder(std::string folder) : folder_(std::move(folder)) { std::filesystem::create_directories(folder_); }

MailOutcome MailFolder::send(const OutgoingMail& mail) {
  const bool safe = !mail.name.empty() && std::all_of(mail.name.begin(), mail.name.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
  if (!safe) throw std::logic_error("a mail's name is no safe file name");
  const std::string path = folder_ + "/" + mail.name + ".eml";
  const std::string draft = folder_ + "/." + mail.name + "." + random_token(6) + ".tmp";
  std::string fault = write_file(draft, mail.bytes);
  if (fault.empty() && std::rename(draft.c_str(), path.c_str()) != 0) fault = std::strerror(errno);
  if (fault.empty()) return {MailOutcome::Kind::sent, "written to " + path};
  ::unlink(draft.c_str());
  return {MailOutcome::Kind::temporary, path + ": " + fault};
}

}  // namespace roundtrip::clients
