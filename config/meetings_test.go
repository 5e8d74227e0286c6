package config

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMeetings(t *testing.T) {
	c, err := Read(strings.NewReader("meetings: {enabled: true, number: '600', address: 'https://amtsleitung.example.org', retain: 1h}\n"))
	require.NoError(t, err)
	require.True(t, c.Meetings.Enabled)
	require.Equal(t, time.Hour, c.Meetings.Retain)
	require.Equal(t, "agent", c.Meetings.Create, "strangers hold no meetings")
	require.False(t, Default().Meetings.Enabled)
	require.True(t, Demo().Meetings.Enabled)
}

func TestMeetingErrors(t *testing.T) {
	for yaml, want := range map[string]string{
		"create: boss":              `meetings.create: "boss" is not one of`,
		"number: sechs":             `meetings.number: "sechs" is no number`,
		"address: musterstadt":      `meetings.address: "musterstadt" is no address`,
		"address: https://a.b/room": "meetings.address",
		"most: 0":                   "meetings.most: 0 is not between",
		"viewers: 0":                "meetings.viewers: 0 is not between",
		"rtp: {address: everyone}":  `meetings.rtp.address: "everyone" is no IP address`,
		"rtp: {ports: '22000'}":     `meetings.rtp.ports: "22000" is no range`,
		"retain: -1h":               "meetings.retain: -1h0m0s is not between",
	} {
		_, err := Read(strings.NewReader("meetings: {" + yaml + "}\n"))
		require.ErrorContains(t, err, want)
	}
}
