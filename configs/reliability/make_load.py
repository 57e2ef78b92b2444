#!/usr/bin/env python3
"""The load model of the IEEE Reliability Test System as hourly values over 52 weeks, as a share of the annual peak.

IEEE Committee Report, "IEEE Reliability Test System", IEEE Trans. Power Apparatus and Systems PAS-98(6), 1979, tables 1-3:
weekly peaks in percent of the annual peak, daily peaks in percent of the weekly one, hourly loads in percent of the daily
one.  Week 1 begins on a Monday; days 6 and 7 take the weekend rows.  Writes load.csv: python3 make_load.py
"""
import os

WEEKLY = [  # in tenths of a percent, weeks 1 to 52
    862, 900, 878, 834, 880, 841, 832, 806, 740, 737, 715, 727, 704,
    750, 721, 800, 754, 837, 870, 880, 856, 811, 900, 887, 896, 861,
    755, 816, 801, 880, 722, 776, 800, 729, 726, 705, 780, 695, 724,
    724, 743, 744, 800, 881, 885, 909, 940, 890, 942, 970, 1000, 952]
DAILY = [930, 1000, 980, 960, 940, 770, 750]  # Monday to Sunday, likewise
HOURLY = {  # percent
    ("winter", "weekday"): [
        67, 63, 60, 59, 59, 60, 74, 86, 95, 96, 96, 95, 95, 95, 93, 94, 99, 100, 100, 96, 91, 83, 73, 63],
    ("winter", "weekend"): [
        78, 72, 68, 66, 64, 65, 66, 70, 80, 88, 90, 91, 90, 88, 87, 87, 91, 100, 99, 97, 94, 92, 87, 81],
    ("summer", "weekday"): [
        64, 60, 58, 56, 56, 58, 64, 76, 87, 95, 99, 100, 99, 100, 100, 97, 96, 96, 93, 92, 92, 93, 87, 72],
    ("summer", "weekend"): [
        74, 70, 66, 65, 64, 62, 62, 66, 81, 86, 91, 93, 93, 92, 91, 91, 92, 94, 95, 95, 100, 93, 88, 80],
    ("springfall", "weekday"): [
        63, 62, 60, 58, 59, 65, 72, 85, 95, 99, 100, 99, 93, 92, 90, 88, 90, 92, 96, 98, 96, 90, 80, 70],
    ("springfall", "weekend"): [
        75, 73, 69, 66, 65, 65, 68, 74, 83, 89, 92, 94, 91, 90, 90, 86, 85, 88, 92, 100, 97, 95, 90, 85],
}


def season(week):
    return "winter" if week <= 8 or week >= 44 else "summer" if 18 <= week <= 30 else "springfall"


def main():
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "load.csv"), "w", newline="\n") as out:
        out.write("load\n")
        for week, weekly in enumerate(WEEKLY, 1):
            for day, daily in enumerate(DAILY):
                for hourly in HOURLY[season(week), "weekday" if day < 5 else "weekend"]:
                    digits = str(weekly * daily * hourly).rjust(9, "0")  # of 1e-8, exactly
                    out.write((digits[:-8] + "." + digits[-8:]).rstrip("0").rstrip(".") + "\n")


if __name__ == "__main__":
    main()
