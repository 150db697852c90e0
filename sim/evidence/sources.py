"""Where the figures of targets are from.  What could not be confirmed at the source says so."""

from __future__ import annotations

from typing import NamedTuple


class Source(NamedTuple):
    """Where a figure is from: in short, and in full with what is said there."""

    short: str
    citation: str


ATTRITION = Source(
    "CNCS 2009",
    "CNCS (2009), Volunteering in America: 35.5% of volunteers of one year did not volunteer the next (the figure as quoted "
    "in the design notes; reports of 2007 and 2008 say 'one in three'); range with other published figures",
)
CASCADES = Source(
    "Fowler & Christakis 2010",
    "Fowler & Christakis (2010), PNAS 107:5334: each contribution in a public-goods game is 'tripled over the course of the "
    "experiment' by others influenced directly or indirectly, up to three degrees away",
)
EIES = Source(
    "Freeman & Freeman 1979",
    "Freeman & Freeman (1979), EIES: 32 researchers, eight months; matrices as shipped with the R packages RSiena (ties) "
    "and tnet (messages)",
)
COALITIONS = Source(
    "NORC 2012",
    "NORC (2012), An Assessment of the Sustainability and Impact of Community Coalitions once Federal Funding has Expired, "
    "for ASPE: 113 of 165 former HCAP grantees (funded to 2006) still had three or more organisations collaborating in 2011",
)
DIRECTORS = Source(
    "Yee 2012",
    "Yee (2012), Urban Sustainability Directors Network, a case study for the Kellogg Innovation Network: 111 members, two "
    "full-time staff; 'for the first two years' members focused on relationships, from 2012 on alignment and production",
)
SESSIONS = Source(
    "Boudreau et al. 2017",
    "Boudreau, Brady, Ganguli, Gaule, Guinan, Hollenberg & Lakhani (2017), Review of Economics and Statistics 99:565: "
    "randomised 90-minute sessions raised a pair's chance to apply for a grant together from .16% to .28%, by 75%",
)
CONVENINGS = Source(
    "Isella et al. 2011",
    "SocioPatterns, ACM Hypertext 2009 (Isella et al. 2011, J. Theoretical Biology 271:166): 113 people over three days, "
    "2,196 pairs met, 38.9 people each",
)
TALKS = Source(
    "Isella et al. 2011",
    CONVENINGS.citation + "; 4.8 of them for five minutes or more, as quoted in the design notes",
)
CLOSURE = Source(
    "Kossinets & Watts 2006",
    "Kossinets & Watts (2006), Science 311:88: ties form the likelier, the more contacts two have in common (direction; "
    "ratios could not be confirmed)",
)
BRIDGES = Source(
    "Burt 2002",
    "Burt (2002), Bridge decay, Social Networks 24:333: of bankers' relations to people with whom they share no contact, "
    "'nine in ten bridges this year are gone next year'",
)
DECAY = Source(
    "Burt 2000",
    "Burt (2000), Decay functions, Social Networks 22:1: relations embedded in mutual contacts decay more slowly",
)
MUTUAL = Source(
    "Hidalgo & Rodriguez-Sickert 2008",
    "Hidalgo & Rodriguez-Sickert (2008), The dynamics of a mobile phone network, Physica A 387:3017: reciprocal links "
    "persist, and reciprocity predicts persistence best",
)
SILENCE = Source(
    "Navarro et al. 2017",
    "Navarro, Miritello, Canales & Moro (2017), EPJ Data Science 6:31: if communication stops for more than 8 times its "
    "previous interval, 'most likely the tie will decay'",
)
CLUB = Source(
    "Zachary 1977",
    "Zachary (1977), J. Anthropological Research 33:452: 34 members of a karate club, and the club that each joined "
    "after it split",
)
