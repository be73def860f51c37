// The child process of pictures: the parent's side (spawn, deadline) and its own (limits, decode, answer).
//
// Input and output are files in memory that the child inherits as 0 and 1, so that neither side can block the other; the pipe on 2 tells
// the parent that it ended, however it ended.
#include "labels/picture_child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <new>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "labels/picture.hpp"

namespace roundtrip::labels {
namespace {

constexpr int kAtOnce = 2;  // children; each may need what kChildMemory says
constexpr int kLongestWait_s = 10;
constexpr std::int64_t kDeadline_us = 12'000'000;
constexpr rlim_t kChildMemory = rlim_t{700} << 20, kChildCpu_s = 8, kChildOutput = rlim_t{16} << 20;
constexpr int kExitFine = 0, kExitRefused = 3;
constexpr int kJpegQuality = 82;

std::string& program() {
  static std::string path = "/proc/self/exe";
  return path;
}

[[noreturn]] void system_fault(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

class Descriptor {
 public:
  explicit Descriptor(int fd, const char* what = "open") : fd_(fd) {
    if (fd < 0) system_fault(what);
  }
  ~Descriptor() { shut(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  void shut() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_;
};

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t done = ::write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) system_fault("write");
    bytes.remove_prefix(static_cast<std::size_t>(done));
  }
}

// The whole of a file, from its start.
std::string content_of(int fd) {
  struct stat facts {};
  if (::fstat(fd, &facts) != 0) system_fault("fstat");
  std::string out(static_cast<std::size_t>(facts.st_size), '\0');
  std::size_t at = 0;
  while (at < out.size()) {
    const ssize_t got = ::pread(fd, out.data() + at, out.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) system_fault("pread");
    at += static_cast<std::size_t>(got);
  }
  return out;
}

struct SpawnActions {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnActions() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
  }
  ~SpawnActions() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
};

pid_t spawn_child(const std::string& task, int in, int out, int alive) {
  SpawnActions spawn;
  posix_spawn_file_actions_adddup2(&spawn.actions, in, 0);
  posix_spawn_file_actions_adddup2(&spawn.actions, out, 1);
  posix_spawn_file_actions_adddup2(&spawn.actions, alive, 2);
  posix_spawn_file_actions_addclosefrom_np(&spawn.actions, 3);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&spawn.attributes, &none);
  posix_spawnattr_setsigdefault(&spawn.attributes, &all);
  posix_spawnattr_setflags(&spawn.attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string path = program(), command(kPictureCommand), word = task;
  std::array<char*, 4> arguments = {path.data(), command.data(), word.data(), nullptr};
  std::array<char*, 1> environment = {nullptr};
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, path.c_str(), &spawn.actions, &spawn.attributes, arguments.data(), environment.data());
  if (failed != 0) throw std::system_error(failed, std::generic_category(), "cannot start " + path);
  return pid;
}

// Reads what the child complains about until it ended or the deadline passed, then kills what is left of it. Gives waitpid's status.
int await_child(pid_t pid, int complaints, std::string& said) {
  const std::int64_t until = steady_us() + kDeadline_us;
  std::array<char, 512> buffer{};
  for (;;) {
    const std::int64_t left_ms = (until - steady_us()) / 1000;
    pollfd wanted{complaints, POLLIN, 0};
    const int ready = left_ms <= 0 ? 0 : ::poll(&wanted, 1, static_cast<int>(left_ms));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    const ssize_t got = ::read(complaints, buffer.data(), buffer.size());
    if (got <= 0) break;
    if (said.size() < 2000) said.append(buffer.data(), static_cast<std::size_t>(got));
  }
  ::kill(pid, SIGKILL);  // no other process can have the number: it is not waited for yet
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) system_fault("waitpid");
  }
  return status;
}

Error unreadable() {
  return {ErrorKind::invalid, "photo_unreadable", "The picture is damaged and cannot be read. Take it again, or send it another way."};
}

// "invalid\nphoto_unreadable\nThe picture ..." as the child wrote it.
Error refusal_of(const std::string& text) {
  const auto first = text.find('\n'), second = text.find('\n', first + 1);
  if (first == std::string::npos || second == std::string::npos) return unreadable();
  const auto kind = text.substr(0, first) == "unsupported" ? ErrorKind::unsupported_media : ErrorKind::invalid;
  return {kind, text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

// Runs one task of the child on these bytes and gives what it wrote.
Result<std::string> asked_of_child(const std::string& task, std::string_view bytes) {
  static std::counting_semaphore<kAtOnce> places(kAtOnce);
  if (!places.try_acquire_for(std::chrono::seconds(kLongestWait_s))) {
    Error busy{ErrorKind::unavailable, "photos_busy", "Many pictures are being read at the moment. Try again in a few seconds."};
    busy.retry_after_s = 5;
    return busy;
  }
  struct Leave {
    ~Leave() { places.release(); }
  } leave;
  const Descriptor in(::memfd_create("picture", MFD_CLOEXEC), "memfd_create"), out(::memfd_create("answer", MFD_CLOEXEC), "memfd_create");
  write_all(in.get(), bytes);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) system_fault("pipe2");
  const Descriptor complaints(ends[0]);
  Descriptor alive(ends[1]);
  const pid_t pid = spawn_child(task, in.get(), out.get(), alive.get());
  alive.shut();
  std::string said;
  const int status = await_child(pid, complaints.get(), said);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitFine) return content_of(out.get());
  if (WIFEXITED(status) && WEXITSTATUS(status) == kExitRefused) return refusal_of(content_of(out.get()));
  log::warn("a picture broke its reader", {{"status", std::to_string(status)}, {"said", said}, {"bytes", std::to_string(bytes.size())}});
  return unreadable();
}

// Memory, processor time, output, and no further file: a decoder that is taken over can open nothing.
void set_limits() {
  const auto limit = [](int what, rlim_t most) {
    const rlimit both{most, most};
    if (::setrlimit(static_cast<__rlimit_resource>(what), &both) != 0) system_fault("setrlimit");
  };
#ifndef __SANITIZE_ADDRESS__  // which maps terabytes that it never touches, and tries addresses out through a pipe
  limit(RLIMIT_AS, kChildMemory);
  limit(RLIMIT_NOFILE, 3);
#endif
  limit(RLIMIT_CPU, kChildCpu_s);
  limit(RLIMIT_FSIZE, kChildOutput);
  limit(RLIMIT_CORE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<std::string> task_done(std::string_view task, std::string_view bytes) {
  if (task == "jpeg") {
    const auto picture = decoded_picture(bytes, kPictureLongSide);
    if (!picture) return picture.error();
    return jpeg(shrunk(*picture, kPictureLongSide), kJpegQuality);
  }
  if (task == "codes") {
    const auto picture = decoded_picture(bytes, kReadLongSide);
    if (!picture) return picture.error();
    std::string out;
    for (const ReadCode& code : codes_in(*picture)) {
      for (const std::string& part : {code.format, code.symbology, code.text}) out += std::to_string(part.size()) + ":" + part;
    }
    return out;
  }
  throw std::logic_error("no such task");
}

std::optional<Error> refused_at_once(std::string_view bytes) {
  if (bytes.size() > kMostPictureBytes) {
    return Error{ErrorKind::too_large, "photo_too_large",
                 "A photo may have " + std::to_string(kMostPictureBytes >> 20) + " MB at most. Send a smaller one."};
  }
  if (const auto format = picture_format(bytes); !format) return format.error();
  return std::nullopt;
}

// "5:hello" off the front of what the child wrote; nothing when it is not so.
std::optional<std::string> counted_text(std::string_view& rest) {
  std::size_t size = 0;
  const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), size);
  const auto digits = static_cast<std::size_t>(end - rest.data());
  if (failed != std::errc{} || digits >= rest.size() || *end != ':' || size > rest.size() - digits - 1) return std::nullopt;
  std::string out(rest.substr(digits + 1, size));
  rest.remove_prefix(digits + 1 + size);
  return out;
}

}  // namespace

void set_picture_program(const std::string& path) { program() = path; }

Result<std::string> picture_as_jpeg(std::string_view bytes) {
  if (auto refused = refused_at_once(bytes)) return *refused;
  return asked_of_child("jpeg", bytes);
}

Result<std::vector<ReadCode>> codes_in_picture(std::string_view bytes) {
  if (auto refused = refused_at_once(bytes)) return *refused;
  const auto answer = asked_of_child("codes", bytes);
  if (!answer) return answer.error();
  std::vector<ReadCode> out;
  std::string_view rest = *answer;
  while (!rest.empty()) {
    ReadCode code;
    for (std::string* part : {&code.format, &code.symbology, &code.text}) {
      auto taken = counted_text(rest);
      if (!taken) return unreadable();
      *part = *std::move(taken);
    }
    out.push_back(std::move(code));
  }
  return out;
}

int run_picture_child(std::string_view task) {
  ::closefrom(3);
  set_limits();
  try {
    const auto answer = task_done(task, content_of(0));
    if (answer) {
      write_all(1, *answer);
      return kExitFine;
    }
    const Error& error = answer.error();
    write_all(
        1, std::string(error.kind == ErrorKind::unsupported_media ? "unsupported" : "invalid") + "\n" + error.code + "\n" + error.message);
    return kExitRefused;
  } catch (const std::bad_alloc&) {
    write_all(1, "invalid\nphoto_too_many_pixels\nThe picture needs too much memory to be read. Send a smaller one.");
    return kExitRefused;
  } catch (const std::exception& fault) {
    write_all(2, fault.what());
    return 1;
  }
}

}  // namespace roundtrip::labels
