// Randomness, digests, signatures and passwords: thin words over libsodium and OpenSSL.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace roundtrip {

// `bytes` random bytes as base64url without padding (16 bytes = 22 characters = 128 bits).
std::string random_token(std::size_t bytes = 16);
// A random version-4 UUID.
std::string random_uuid();
// Lower-case hex of SHA-256.
std::string sha256_hex(std::string_view text);
// Raw HMAC-SHA256 as lower-case hex, and as base64url without padding.
std::string hmac_sha256_hex(std::string_view key, std::string_view text);
std::string hmac_sha256_base64url(std::string_view key, std::string_view text);
// The bytes of standard base64, with or without padding and line breaks; nothing when it is none.
std::optional<std::string> from_base64(std::string_view text);
std::string to_base64(std::string_view bytes);
// Compares without telling by time where they differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

// Argon2id (libsodium, 19 MiB, two passes: OWASP's minimum). At most two run at once.
std::string hash_password(std::string_view password);
bool verify_password(std::string_view hash, std::string_view password);

}  // namespace roundtrip
