// State machines as data: a table of steps that a shopkeeper could read, checked at compile time.
#pragma once
#include <array>
#include <cstddef>
#include <optional>

namespace roundtrip::domain {

template <class State, class Event>
struct Step {
  State from;
  Event event;
  State to;
};

// No state has two steps for one event.
template <class State, class Event, std::size_t N>
constexpr bool unambiguous(const Step<State, Event> (&steps)[N]) {
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = i + 1; j < N; ++j) {
      if (steps[i].from == steps[j].from && steps[i].event == steps[j].event) return false;
    }
  }
  return true;
}

// Every state that stands in the table can be reached from `first`.
template <class State, class Event, std::size_t N>
constexpr bool all_reachable(const Step<State, Event> (&steps)[N], State first) {
  std::array<State, N * 2 + 1> reached{};
  std::size_t count = 1;
  reached[0] = first;
  const auto knows = [&](State state) {
    for (std::size_t i = 0; i < count; ++i) {
      if (reached[i] == state) return true;
    }
    return false;
  };
  for (std::size_t round = 0; round < N; ++round) {
    for (const auto& step : steps) {
      if (knows(step.from) && !knows(step.to)) reached[count++] = step.to;
    }
  }
  for (const auto& step : steps) {
    if (!knows(step.from)) return false;
  }
  return true;
}

// Where `event` leads from `state`; nothing when the table has no such step.
template <class State, class Event, std::size_t N>
constexpr std::optional<State> next_state(const Step<State, Event> (&steps)[N], State state, Event event) {
  for (const auto& step : steps) {
    if (step.from == state && step.event == event) return step.to;
  }
  return std::nullopt;
}

// An enum's words, in one table for both directions.
template <class Enum>
struct Word {
  Enum value;
  const char* text;
};
template <class Enum, std::size_t N>
constexpr const char* word_of(const Word<Enum> (&words)[N], Enum value) {
  for (const auto& word : words) {
    if (word.value == value) return word.text;
  }
  return "";
}
template <class Enum, std::size_t N, class Text>
constexpr std::optional<Enum> value_of(const Word<Enum> (&words)[N], const Text& text) {
  for (const auto& word : words) {
    if (text == word.text) return word.value;
  }
  return std::nullopt;
}

}  // namespace roundtrip::domain
