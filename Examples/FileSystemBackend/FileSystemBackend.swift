import Caching
