"""The Mattermost bot: it loses no question and answers none twice.

client         the server's REST calls and its stream of events
ledger         what must outlive the process: questions, cursors, claims, the leader's lease
conversation   which post is a question, in what context, from whom
writing        answers as posts: neutral text, parts, buttons
callbacks      what the server calls: slash command, buttons, dialogs
"""
