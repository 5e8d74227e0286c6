package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a process took.
type usage struct {
	cpu            time.Duration
	peak, resident int64 // bytes
	audio          time.Duration
}

// tick of the CPU times in /proc, proc_pid_stat(5); 100 a second on all Linux that this runs on.
const tick = 10 * time.Millisecond

// used reads /proc: the times of all threads, and the memory.
func used(pid int) (usage, error) {
	folder := fmt.Sprintf("/proc/%d/", pid)
	stat, err := os.ReadFile(folder + "stat")
	if err != nil {
		return usage{}, fmt.Errorf("the benchmark needs Linux: %w", err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	var u usage
	for _, f := range fields[11:13] { // utime, stime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return usage{}, fmt.Errorf("%sstat: %w", folder, err)
		}
		u.cpu += time.Duration(n) * tick
	}
	status, err := os.ReadFile(folder + "status")
	if err != nil {
		return usage{}, err
	}
	u.peak, u.resident = kilobytes(status, "VmHWM:"), kilobytes(status, "VmRSS:")
	return u, nil
}

func kilobytes(status []byte, name string) int64 {
	_, rest, _ := bytes.Cut(status, []byte(name))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	n, err := strconv.ParseInt(string(fields[0]), 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}
