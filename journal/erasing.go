package journal

import "time"

// Erase forgets a call at once, in progress or ended; nothing is added to it
// any more, and pages take it away.
func (j *Journal) Erase(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i, c := range j.calls {
		if c.ID == id {
			j.calls = append(j.calls[:i], j.calls[i+1:]...)
			// Readers learn from an ended call that some are no longer kept.
			j.publish(&kept{Call: Call{ID: id, Started: c.Started, Ended: time.Now(), State: Ended, Reason: "erased"}}, nil)
			return
		}
	}
}
