// SPDX-License-Identifier: Apache-2.0
// Which reply inbox waits for the answer to which message, and how many inboxes and bytes one subject may hold. Pure:
// the caller brings the time, sends and receives. Owned by the publish slots; one thread at a time.
//
// A PubAck does not name its message: it holds a stream and a sequence, and the Nats-Msg-Id does not come back. What
// tells answers apart is the inbox alone. So an inbox carries one message at a time, and from its first send on it is
// that message's own: the message is sent again there and nowhere else, so that whichever of its answers comes first is
// about it, however late. Another message may use the inbox only when no answer can be on its way any more: when as
// many have come as were sent for, or long after an answer has come (answers of one stream come in order, so that one
// which is missing behind it was lost with a server or a connection).
//
// A subject that is sent to and does not answer is silent. One message at a time then probes it; all others on it fail
// at once. One that has never answered has one message on its way until it does. Any other may wait for as many
// messages as it leaves inboxes free, so that however many subjects fall silent together, something is left for every
// other. Unanswered messages keep their inboxes, though nobody may ask for them again: another gateway may have
// published them meanwhile. They hold up no other message of their subject, but the last few inboxes are not for it
// then, nor for subjects that have not answered.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nats/pub_ack.hpp"

namespace dlrgw::host {

class SlotBook {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A subject that was sent to and has not answered for so long is silent.
  static constexpr std::chrono::milliseconds kSilence{500};
  // How long after the last sign of an answered message its inbox may be reused although further answers are missing.
  static constexpr std::chrono::seconds kRest{30};
  static constexpr std::chrono::seconds kRestAfterLoss{5};  // all that is missing was sent on a lost connection
  // A message without an answer that nobody has asked for again: it was given up.
  static constexpr std::chrono::minutes kForget{10};
  // Of one subject's messages that are waited for; one message always may.
  static constexpr std::size_t kMaxBytes = std::size_t{1} << 20;

  // One part in so many is kept for subjects that answer.
  static constexpr std::size_t kReserve = 16;

  explicit SlotBook(std::size_t slots) : slots_(slots) {}

  struct Step {
    enum class Kind {
      kSend,    // publish it on `slot`; it is claimed
      kJoin,    // it is on its way on `slot` already; it is claimed
      kDone,    // its answer had come before
      kSilent,  // its subject is silent, and is being probed with another message or cannot be now
      kNotNow,  // no inbox, or its subject holds its share
    };
    Kind kind = Kind::kNotNow;
    std::size_t slot = 0;
    PubAck answer = {};
  };
  // What is to be done with a message now.
  Step next(std::string_view subject, std::string_view id, std::size_t bytes, Time now);
  // A claimed slot's message could not be handed to the connection.
  void not_sent(std::size_t slot);
  // An answer has arrived there.
  void answered(std::size_t slot, PubAck ack, Time now);
  // The answer to a claimed slot's message, once it has come; ends the claim.
  std::optional<PubAck> take(std::size_t slot);
  // Nobody waits for a claimed slot's message any longer. The slot stays its own.
  void leave(std::size_t slot);
  // Whatever was sent before now was sent on a connection that is gone.
  void connection_lost();

  [[nodiscard]] bool silent(std::string_view subject, Time now) const;
  [[nodiscard]] Time last_answer(std::string_view subject) const;
  [[nodiscard]] bool owes(std::size_t slot) const { return slots_[slot].owed > 0; }
  [[nodiscard]] std::size_t size() const { return slots_.size(); }

 private:
  struct Subject {
    Time last_answer{};
  };
  struct Slot {
    Subject* subject = nullptr;  // null: never used
    std::string id;
    std::size_t bytes = 0;
    bool claimed = false;
    bool open = false;             // its message has no result yet
    bool stored = false;           // a result was taken, and it was good
    std::optional<PubAck> answer;  // not taken yet
    unsigned owed = 0;             // answers that may still come
    unsigned stale = 0;            // of these, to what was sent on an earlier connection
    bool sent_here = false;        // on this connection
    Time first_sent{};             // on this connection
    Time last_sent{};
    Time last_sign{};  // send or answer
  };

  [[nodiscard]] static bool carries(const Slot& slot) { return slot.open && !slot.answer; }
  // How suitable the slot is for another message: 0 not at all, 1 as a last resort, 2 rested, 3 clean.
  [[nodiscard]] static int freedom(const Slot& slot, Time now);
  [[nodiscard]] bool silent(const Subject& subject, Time now) const;
  Subject& subject_of(std::string_view name);
  Step again(std::size_t slot, bool silent, bool probing, Time now);
  static void send(Slot& slot, Time now);
  void forget_subjects();

  std::vector<Slot> slots_;
  std::map<std::string, Subject, std::less<>> subjects_;
};

}  // namespace dlrgw::host
