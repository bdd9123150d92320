#!/usr/bin/env python3
"""The conflicts that really occur between health posts, each as a story with its outcome: conflicts/*.txt.

TITIP_STORY=5,6 plays the fifth and the sixth alone."""

import os
import pathlib
import subprocess
import time
import unittest

import conflict_sentences  # noqa: F401  (it teaches conflict_telling its sentences)
import conflict_story as story
from conflict_stage import Stage
from conflict_telling import Telling
from harness import EndToEndTest

STORIES = pathlib.Path(__file__).resolve().parent / "conflicts"
NUMBERS = range(1, 16)      # of the conflicts that really occur


def all_stories():
    return [story.read(path) for path in sorted(STORIES.glob("*.txt"))]


# One whose end is wrong, and one with a slip of the pen.
WRONG_END = """Wrong

- At the Puskesmas, bidan Rina records a Person, "Ayu":
      {"name": "Ayu Contoh", "nik": "9404015708950001"}
- At the Puskesmas, the NIK of "Ayu" is "9404015708950002".
"""
SLIP = """Slip

- At the Puskesmus, bidan Rina records a Person, "Ayu":
      {"name": "Ayu Contoh"}
"""


class ConflictsTest(EndToEndTest):
    def test_EachConflictHasItsStory(self):
        self.assertEqual([one.number for one in all_stories()], list(NUMBERS))

    def test_EachConflictEndsAsItsStorySays(self):
        chosen = {int(number) for number in os.environ.get("TITIP_STORY", "").split(",") if number}
        stage = Stage(self)
        vocabulary = story.Vocabulary()
        failed = []
        for one in all_stories():
            if chosen and one.number not in chosen:
                continue
            began = time.monotonic()
            fault = self.fault_in(one, Telling(stage, vocabulary, one.number))
            print(f"{'DIFFERS' if fault else 'ok     '} {time.monotonic() - began:5.1f} s  "
                  f"{one.title}", flush=True)
            if fault:
                failed.append(fault)
        self.assertFalse(failed, "\n\n".join(["", *failed]))

    def test_AStoryThatIsNotTrueIsToldWithItsLineAndWithoutANik(self):
        stage = Stage(self, patience_seconds=0)
        for text, faults in ((WRONG_END, ("1-x.txt:5: At the Puskesmas, the NIK of", "expected:",
                                          "seen:     at the Puskesmas, it is")),
                             (SLIP, ("1-x.txt:3: At the Puskesmus", "0 meanings"))):
            path = self.directory / "1-x.txt"
            path.write_text(text)
            one = story.read(path)
            fault = self.fault_in(one, Telling(stage, story.Vocabulary(), one.number))
            for part in faults:
                self.assertIn(part, fault)
            self.assertIsNone(story.NIK.search(fault))

    @staticmethod
    def fault_in(one, telling):
        """How the story and what was seen differ; None: they do not."""
        at = f"{one.path.name}, at its end"
        try:
            for step in one.steps:
                at = f"{one.path.name}:{step.line}: {story.masked(step.text)}"
                telling.play(step)
            at = f"{one.path.name}, at its end"
            telling.finish()
        except (AssertionError, story.StoryError, subprocess.TimeoutExpired, OSError) as error:
            return f"{at}\n{story.masked(error)}"
        return None


if __name__ == "__main__":
    unittest.main()
