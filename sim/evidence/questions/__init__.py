"""The sources' open questions, mapped over the two things that each answer depends on most."""
