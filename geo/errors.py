"""The errors of geo/: one sentence each, which repeats the bad input and names the rule."""


class GeoError(ValueError):
    """A spatial input breaks a rule; the message is a sentence fit to show to a person."""


class BadCoordinate(GeoError):
    """A longitude, latitude, bounding box or curve code is not a number or out of its range."""


class UnknownCrs(GeoError):
    """A text does not name a coordinate reference system that can be turned into longitude and latitude."""


class BadZones(GeoError):
    """Points and areas from which no zones can be drawn."""


class BadClasses(GeoError):
    """Values or a number of classes that cannot be classified."""


class BadIndicator(GeoError):
    """An indicator of which no index can be made: no value, no spread, or a polarity that is none."""


class BadWeights(GeoError):
    """Weights that are negative, do not add up to 1, or are not one for each indicator."""


class BadPopulation(GeoError):
    """Counts of people, or of what befalls them, that cannot be: negative, or infinite."""


class BadFrame(GeoError):
    """A table of geometries that no map can be made of: a column or a geometry is missing."""


class MissingAssets(GeoError):
    """The scripts and styles of a map have not been copied to where they are read from."""


class BadGraph(GeoError):
    """Nodes or edges that are no graph: an id twice, an end that is no node, a weight that is no length."""


class NoSuchNode(GeoError):
    """An id that no node of the graph has."""


class BadChoice(GeoError):
    """A number that a method is steered by, such as k or a radius, is out of its range."""


class BadSample(GeoError):
    """Values of areas of which nothing can be said: too few, all the same, infinite, or not one an area."""


class BadAccess(GeoError):
    """Costs, demand or supply that cannot be: negative, not a number, or not one for each place."""


class BadSiting(GeoError):
    """A question of where to build that has no answer, or whose numbers cannot be."""
