// libsodium behind base/secrets.hpp.
#include "base/secrets.hpp"

#include <sodium.h>

#include <cstring>
#include <semaphore>
#include <stdexcept>
#include <vector>

namespace roundtrip {
namespace {
void ensure_sodium() {
  static const bool ready = [] {
    if (sodium_init() < 0) throw std::runtime_error("libsodium could not be initialized");
    return true;
  }();
  (void)ready;
}
std::string hex(const unsigned char* bytes, std::size_t size) {
  std::string out(size * 2 + 1, '\0');
  sodium_bin2hex(out.data(), out.size(), bytes, size);
  out.resize(size * 2);
  return out;
}
std::string base64url(const unsigned char* bytes, std::size_t size) {
  constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  std::string out(sodium_base64_encoded_len(size, kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes, size, kVariant);
  out.resize(std::strlen(out.c_str()));
  return out;
}
std::array<unsigned char, crypto_auth_hmacsha256_BYTES> hmac(std::string_view key, std::string_view text) {
  ensure_sodium();
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out{};
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, reinterpret_cast<const unsigned char*>(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}
std::counting_semaphore<2>& hashing_slots() {
  static std::counting_semaphore<2> slots{2};
  return slots;
}
constexpr unsigned long long kOps = 2;
constexpr std::size_t kMemoryBytes = 19u * 1024 * 1024;
}  // namespace

std::string random_token(std::size_t bytes) {
  ensure_sodium();
  std::vector<unsigned char> raw(bytes);
  randombytes_buf(raw.data(), raw.size());
  return base64url(raw.data(), raw.size());
}

std::string random_uuid() {
  ensure_sodium();
  unsigned char raw[16];
  randombytes_buf(raw, sizeof raw);
  raw[6] = static_cast<unsigned char>((raw[6] & 0x0F) | 0x40);
  raw[8] = static_cast<unsigned char>((raw[8] & 0x3F) | 0x80);
  std::string text = hex(raw, sizeof raw);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

std::string sha256_hex(std::string_view text) {
  ensure_sodium();
  unsigned char out[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(out, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hex(out, sizeof out);
}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  const auto out = hmac(key, text);
  return hex(out.data(), out.size());
}

std::string hmac_sha256_base64url(std::string_view key, std::string_view text) {
  const auto out = hmac(key, text);
  return base64url(out.data(), out.size());
}

std::optional<std::string> from_base64(std::string_view text) {
  ensure_sodium();
  while (!text.empty() && (text.back() == '=' || text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), "\r\n ", &size,
                                       nullptr, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
  if (failed != 0) return std::nullopt;
  out.resize(size);
  return out;
}

std::string to_base64(std::string_view bytes) {
  ensure_sodium();
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), kVariant);
  out.resize(out.size() - 1);
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hash_password(std::string_view password) {
  ensure_sodium();
  hashing_slots().acquire();
  char out[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_str_alg(out, password.data(), password.size(), kOps, kMemoryBytes, crypto_pwhash_ALG_ARGON2ID13);
  hashing_slots().release();
  if (failed != 0) throw std::runtime_error("out of memory while hashing a password");
  return out;
}

bool verify_password(std::string_view hash, std::string_view password) {
  ensure_sodium();
  if (hash.size() >= crypto_pwhash_STRBYTES) return false;
  hashing_slots().acquire();
  const int differs = crypto_pwhash_str_verify(std::string(hash).c_str(), password.data(), password.size());
  hashing_slots().release();
  return differs == 0;
}

}  // namespace roundtrip
