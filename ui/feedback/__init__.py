"""What people say of the answers: votes, comments on requirements, questions that got no answer.

A channel takes a FeedbackDesk (ui.feedback.desk). For each answer it shows, it asks the desk for a receipt and hands
it to whoever asked; the vote comes back with that receipt. Nothing is stored of an answer that nobody votes on.
"""
