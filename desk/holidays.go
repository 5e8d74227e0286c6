package desk

import (
	_ "embed"
	"fmt"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

//go:embed data/holidays.yaml
var holidayFile []byte

// Day is a day of a year, or of every year when Year is 0.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDay reads 12-24 or 2027-05-14.
func ParseDay(text string) (Day, error) {
	if t, err := time.Parse("2006-01-02", text); err == nil {
		return Day{t.Year(), t.Month(), t.Day()}, nil
	}
	t, err := time.Parse("2006-01-02", "2024-"+text) // a leap year: 29 February is a day
	if err != nil {
		return Day{}, fmt.Errorf("%q is no day such as 12-24 or 2027-05-14", text)
	}
	return Day{0, t.Month(), t.Day()}, nil
}

func (d Day) is(t time.Time) bool {
	return (d.Year == 0 || d.Year == t.Year()) && d.Month == t.Month() && d.Day == t.Day()
}

// Calendar are the public holidays of the German Länder.
type Calendar struct {
	rules []rule
}

// rule says when a holiday is, in which Länder and in which years.
type rule struct {
	Name   string   `yaml:"name"`
	On     string   `yaml:"on"`     // 12-25
	Easter *int     `yaml:"easter"` // days after Easter Sunday
	Before string   `yaml:"before"` // the last Wednesday before this day
	Lands  []string `yaml:"lands"`  // none: all of them
	From   int      `yaml:"from"`   // the first year
	Only   int      `yaml:"only"`   // the only year
	day    Day
}

// Lands are the codes of the Länder (ISO 3166-2:DE).
func Lands() []string {
	return []string{"BB", "BE", "BW", "BY", "HB", "HE", "HH", "MV", "NI", "NW", "RP", "SH", "SL", "SN", "ST", "TH"}
}

// LoadCalendar reads the holidays that the program knows.
func LoadCalendar() (*Calendar, error) {
	c := &Calendar{}
	if err := yaml.Unmarshal(holidayFile, &c.rules); err != nil {
		return nil, fmt.Errorf("holidays: %w", err)
	}
	for i := range c.rules {
		r := &c.rules[i]
		for _, text := range []string{r.On, r.Before} {
			if text == "" {
				continue
			}
			var err error
			if r.day, err = ParseDay(text); err != nil {
				return nil, fmt.Errorf("holiday %s: %w", r.Name, err)
			}
		}
	}
	return c, nil
}

// Holiday is the name of the holiday on a day in a Land. Without a Land only
// what is a holiday in all of them counts.
func (c *Calendar) Holiday(t time.Time, land string) (string, bool) {
	for _, r := range c.rules {
		if r.Only != 0 && t.Year() != r.Only || t.Year() < r.From || len(r.Lands) > 0 && !slices.Contains(r.Lands, land) {
			continue
		}
		if r.falls(t) {
			return r.Name, true
		}
	}
	return "", false
}

func (r rule) falls(t time.Time) bool {
	y, m, d := t.Date()
	switch {
	case r.Easter != nil:
		month, day := Easter(y)
		e := time.Date(y, month, day+*r.Easter, 0, 0, 0, 0, time.UTC)
		return e.Month() == m && e.Day() == d
	case r.Before != "":
		last := time.Date(y, r.day.Month, r.day.Day-1, 0, 0, 0, 0, time.UTC)
		last = last.AddDate(0, 0, -int((last.Weekday()-time.Wednesday+7)%7))
		return last.Month() == m && last.Day() == d
	}
	return r.day.is(t)
}

// Easter is the Sunday of the Gregorian calendar, by the algorithm of Meeus,
// Jones and Butcher (Nature, 20 April 1876).
func Easter(year int) (time.Month, int) {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return time.Month(month), (h + l - 7*m + 33*month + 19) % 32
}
