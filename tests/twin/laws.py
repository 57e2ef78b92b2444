"""Distributions by SciPy: quantiles, and the two conditional laws that starts need."""
import math

import numpy as np
from scipy import integrate, optimize, special


def normal_cdf(z):
    return special.ndtr(z)


def normal_quantile(u):
    """Phi^-1(u) to the last bits: SciPy's number and one step of Newton's method on the smaller tail, where the distribution
    function keeps its relative precision.  1 - u is exact for the uniform numbers of a stream."""
    u = np.asarray(u, dtype=np.float64)
    tail = np.minimum(u, 1 - u)
    z = special.ndtri(tail)
    z = z - (special.ndtr(z) - tail) * (math.sqrt(2 * math.pi) * np.exp(0.5 * z * z))
    return np.where(u < 0.5, z, -z) if u.ndim else float(z if u < 0.5 else -z)


def student_cdf(t, nu):
    return special.stdtr(nu, t)


def chi2_quantile(u, nu):
    return 2 * special.gammaincinv(0.5 * nu, u)


def poisson_quantile(u, mean, most=4):
    """Inversion, capped at `most` [4.1]."""
    number, term, total = np.zeros_like(u), math.exp(-mean), 0.0
    for k in range(most):
        total += term
        number += u > total
        term *= mean / (k + 1)
    return number


class Law:
    """A distribution of the scenario language; times are in steps already.  `tabulated` says that kura reads its quantile
    (beta) or its residual life from a table that is accurate to 1e-9, not to the last bits."""

    def __init__(self, kind, a, b=0.0):
        self.kind, self.a, self.b = kind, a, b

    @property
    def tabulated(self):
        return self.kind == "beta"

    @property
    def tabulated_residual(self):
        return self.kind in ("lognormal", "beta") and self.b > 0 or self.kind == "weibull" and self.b != 1

    def mean(self):
        a, b = self.a, self.b
        return {"constant": lambda: a, "uniform": lambda: (a + b) / 2, "normal": lambda: a,
                "lognormal": lambda: a * math.exp(b * b / 2), "exponential": lambda: a,
                "weibull": lambda: a * math.gamma(1 + 1 / b), "beta": lambda: a / (a + b)}[self.kind]()

    def quantile(self, u):
        a, b, kind = self.a, self.b, self.kind
        if kind == "constant":
            return a
        if kind == "uniform":
            return a + u * (b - a)
        if kind == "normal":
            return a + b * normal_quantile(u)
        if kind == "lognormal":  # a is the median
            return a * math.exp(b * normal_quantile(u))
        if kind == "exponential":
            return -a * math.log1p(-u)
        if kind == "weibull":
            return a * (-math.log1p(-u)) ** (1 / b)
        return float(special.betaincinv(a, b, u)) if u < 0.5 else 1 - float(special.betaincinv(b, a, 1 - u))

    def above(self, x):
        """P(X > x)."""
        a, b, kind = self.a, self.b, self.kind
        if kind == "constant":
            return float(x < a)
        if kind == "uniform":
            return float(x < a) if a == b else min(max((b - x) / (b - a), 0.0), 1.0)
        if kind == "normal":
            return float(normal_cdf((a - x) / b))
        if x <= 0:
            return 1.0
        if kind == "lognormal":
            return float(normal_cdf(math.log(a / x) / b)) if b > 0 else float(x < a)
        if kind == "exponential":
            return math.exp(-x / a)
        if kind == "weibull":
            return math.exp(-((x / a) ** b))
        return float(special.betaincc(a, b, x)) if hasattr(special, "betaincc") else float(special.betainc(b, a, 1 - x))

    def quantile_above(self, lived, u):
        """The quantile of X given X > lived."""
        rest = (1 - u) * self.above(lived)
        if rest <= 0:
            return lived
        a, b, kind = self.a, self.b, self.kind
        if kind == "lognormal":
            return max(lived, a * math.exp(-b * normal_quantile(rest)))
        if kind == "normal":
            return max(lived, a - b * normal_quantile(rest))
        if kind == "exponential":
            return max(lived, 0.0) - a * math.log1p(-u)
        if kind == "weibull":
            return max(lived, a * ((max(lived, 0.0) / a) ** b - math.log1p(-u)) ** (1 / b))
        return max(lived, self.quantile(1 - rest))

    def residual_below(self, x):
        """P(residual life <= x) = (1/E X) integral of P(X > y) over y from 0 to x, in closed form."""
        a, b, mean = self.a, self.b, self.mean()
        if self.kind == "lognormal":
            t = math.log(x / a) / b
            return x / mean * float(normal_cdf(-t)) + float(normal_cdf(t - b))
        if self.kind == "weibull":
            return float(special.gammainc(1 / b, (x / a) ** b))
        return integrate.quad(self.above, 0, x, epsabs=1e-13, epsrel=1e-13)[0] / mean

    def residual_quantile(self, u):
        """The rest of a life that goes on in equilibrium."""
        a, b, kind, mean = self.a, self.b, self.kind, self.mean()
        if kind == "exponential" or kind == "weibull" and b == 1:
            return -a * math.log1p(-u)
        if kind == "constant" or b == 0:
            return u * mean
        if kind == "uniform":
            return u * mean if u * mean <= a else b - math.sqrt(2 * (b - a) * mean * (1 - u))
        if kind == "weibull":
            return a * float(special.gammaincinv(1 / b, u)) ** (1 / b)
        high = mean
        while self.residual_below(high) < u:
            high *= 2
        return optimize.brentq(lambda x: self.residual_below(x) - u, 1e-12 * mean, high, xtol=1e-13, rtol=1e-14)
