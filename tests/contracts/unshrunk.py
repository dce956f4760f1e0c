"""A pytest plug-in for channels known to be bad: the first failing example will do, nobody needs the smallest."""

from hypothesis import Phase, settings

settings.register_profile("unshrunk", phases=[Phase.explicit, Phase.generate])
settings.load_profile("unshrunk")
