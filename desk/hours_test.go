package desk

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return loc
}

func TestEaster(t *testing.T) {
	for year, want := range map[int]string{1818: "03-22", 1943: "04-25", 2000: "04-23", 2008: "03-23", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2038: "04-25"} {
		month, day := Easter(year)
		require.Equal(t, want, time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Format("01-02"), year)
	}
}

func TestHolidaysOfTheLands(t *testing.T) {
	c, err := LoadCalendar()
	require.NoError(t, err)
	// Holidays of 2026 by Land, from Monday to Sunday, as the Länder publish them.
	count := map[string]int{"BB": 12, "BE": 10, "BW": 12, "BY": 12, "HB": 10, "HE": 10, "HH": 10, "MV": 11, "NI": 10, "NW": 11, "RP": 11, "SH": 10, "SL": 12, "SN": 11, "ST": 11, "TH": 11}
	require.Len(t, Lands(), 16)
	for _, land := range Lands() {
		n := 0
		for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
			if _, is := c.Holiday(day, land); is {
				n++
			}
		}
		require.Equal(t, count[land], n, land)
	}
	for day, tc := range map[string]struct {
		land, want string
	}{
		"2026-04-03": {"", "Karfreitag"}, "2026-06-04": {"NW", "Fronleichnam"}, "2026-11-18": {"SN", "Buß- und Bettag"},
		"2022-11-16": {"SN", "Buß- und Bettag"}, "2028-06-17": {"BE", "75. Jahrestag des Volksaufstandes"},
		"2018-03-08": {"BE", ""}, "2026-06-17": {"BE", ""}, "2026-10-31": {"NW", ""}, "2026-11-01": {"", ""},
	} {
		at, err := time.Parse("2006-01-02", day)
		require.NoError(t, err)
		name, _ := c.Holiday(at, tc.land)
		require.Equal(t, tc.want, name, day)
	}
}

func TestDueDate(t *testing.T) {
	c, err := LoadCalendar()
	require.NoError(t, err)
	closed, err := ParseDay("12-24")
	require.NoError(t, err)
	h := Hours{Location: berlin(t), Calendar: c, Land: "NW", ClosedToo: []Day{closed}}
	for name, tc := range map[string]struct{ from, want string }{
		"Monday morning":          {"2026-11-23 09:00", "2026-11-25 13:00"},
		"before opening":          {"2026-11-23 03:00", "2026-11-25 12:00"},
		"after closing":           {"2026-11-23 20:00", "2026-11-26 12:00"},
		"Friday afternoon":        {"2026-11-27 17:00", "2026-12-02 11:00"},
		"Sunday":                  {"2026-11-22 12:00", "2026-11-25 12:00"},
		"over Christmas":          {"2026-12-23 12:00", "2026-12-29 16:00"},
		"over Easter":             {"2026-04-02 12:00", "2026-04-08 16:00"},
		"the clock goes back":     {"2026-10-23 16:00", "2026-10-28 10:00"},
		"at closing to the dot":   {"2026-11-23 18:00", "2026-11-26 12:00"},
		"Fronleichnam in between": {"2026-06-03 12:00", "2026-06-08 16:00"},
	} {
		t.Run(name, func(t *testing.T) {
			from, err := time.ParseInLocation("2006-01-02 15:04", tc.from, berlin(t))
			require.NoError(t, err)
			require.Equal(t, tc.want, h.Add(from, 24*time.Hour).In(berlin(t)).Format("2006-01-02 15:04"))
		})
	}
	never := Hours{From: 9 * time.Hour, To: 9 * time.Hour}
	require.True(t, never.Add(time.Now(), time.Hour).IsZero())
}

func FuzzParseDay(f *testing.F) {
	f.Add("12-24")
	f.Add("2027-05-14")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDay(text)
		if err == nil {
			require.True(t, d.Month >= 1 && d.Month <= 12 && d.Day >= 1 && d.Day <= 31)
		}
	})
}
