// Notifications as rows: queued with a semantic key, claimed through jobs.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "domain/notifications.hpp"
#include "store/database.hpp"

namespace roundtrip::store {

// Queues one message and its job, due at `send_at`, unless this (order, milestone, about) was told before.
// `about` is what the message is about: public ids, blank-separated ("pcl_1 pcl_2"), or empty for the order.
void queue_notification(Transaction& tx, MerchantId merchant, OrderId order, domain::Milestone milestone,
                        const std::string& about, Instant send_at, Instant now);

}  // namespace roundtrip::store
